package dev.nescio.model.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.model.Golden;
import dev.nescio.model.files.ModelFormatException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LlamaConfigTest {

  private static final LlamaConfig TINY =
      new LlamaConfig(512, 64, 128, 2, 4, 2, 16, 1e-5, 10_000, 256, true, Optional.of(1), List.of(2));

  @Test
  void readsTheNewerForm() throws IOException {
    assertThat(LlamaConfig.read(Golden.path("tiny"))).isEqualTo(TINY);
  }

  @Test
  void readsTheOlderForm() throws IOException {
    ObjectNode json = newer();
    json.remove(List.of("rope_parameters", "dtype"));
    json.put("rope_theta", 10_000.0).put("torch_dtype", "float16").putNull("rope_scaling");
    assertThat(LlamaConfig.parse(json, "config.json")).isEqualTo(TINY);
  }

  @Test
  void readsWhatItWrites() throws IOException {
    assertThat(LlamaConfig.parse(TINY.toJson(), "config.json")).isEqualTo(TINY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama3", "untied", "qwen2", "mistral", "mistral-window", "qwen2-window"})
  void readsWhatItWritesOfEveryFamily(String name) throws IOException {
    LlamaConfig config = LlamaConfig.read(Golden.path("families/" + name));
    assertThat(LlamaConfig.parse(config.toJson(), "config.json")).isEqualTo(config);
  }

  @Test
  void countsTheCache() {
    // keys and values, 4 bytes, 2 layers, 2 heads of 16
    assertThat(TINY.cacheBytesPerToken()).isEqualTo(2 * 4 * 2 * 2 * 16);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "model_type | \"gpt2\" | model_type is 'gpt2'",
      "hidden_act | \"gelu\" | hidden_act is 'gelu'",
      "attention_bias | \"yes\" | attention_bias is neither true nor false",
      "partial_rotary_factor | 0.5 | partial_rotary_factor is 0.5",
      "rms_norm_eps | \"small\" | rms_norm_eps is no number",
      "num_key_value_heads | 3 | no multiple of num_key_value_heads 3",
      "head_dim | 15 | head_dim must be even",
      "num_hidden_layers | 0 | num_hidden_layers must be at least 1",
      "num_hidden_layers | 2000000000 | num_hidden_layers is impossibly large",
      "vocab_size | \"many\" | vocab_size is no integer",
      "eos_token_id | 512 | eos_token_id 512 is outside the vocabulary",
      "eos_token_id | null | eos_token_id is missing",
      "rope_parameters | {\"rope_type\":\"llama3\"} | rope scaling lacks factor",
      "rope_parameters | {\"rope_type\":\"linear\",\"factor\":0.5} | factor of rope scaling must be at least 1",
      "rope_parameters | {\"rope_type\":\"yarn\",\"factor\":2} | rope_type is 'yarn'",
      "rope_scaling | {\"type\":\"dynamic\",\"factor\":2} | rope_type is 'dynamic'",
      "quantization_config | {} | quantization_config is not supported"})
  void refusesWhatItCannotCompute(String key, String value, String message) throws IOException {
    ObjectNode json = newer();
    json.set(key, Golden.MAPPER.readTree(value));
    assertThatThrownBy(() -> LlamaConfig.parse(json, "config.json"))
        .isInstanceOf(ModelFormatException.class).hasMessageContaining("config.json").hasMessageContaining(message);
  }

  @Test
  void readsBothFormsOfLlama3Scaling() throws IOException {
    ObjectNode newer = newer();
    ObjectNode scaling = newer.putObject("rope_parameters").put("rope_theta", 500_000.0).put("rope_type", "llama3");
    scaling.put("factor", 8.0).put("low_freq_factor", 1.0).put("high_freq_factor", 4.0)
        .put("original_max_position_embeddings", 8192);
    ObjectNode older = newer();
    older.remove("rope_parameters");
    older.put("rope_theta", 500_000.0).set("rope_scaling", scaling.deepCopy().without("rope_theta"));
    LlamaConfig config = LlamaConfig.parse(newer, "config.json");
    assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.Llama3(8, 1, 4, 8192));
    assertThat(LlamaConfig.parse(older, "config.json")).isEqualTo(config);
    assertThat(LlamaConfig.parse(config.toJson(), "config.json")).isEqualTo(config);
  }

  @Test
  void aMistralHasItsWindowInAllLayers() throws IOException {
    ObjectNode mistral = newer().put("model_type", "mistral");
    assertThat(window(mistral)).as("the class's default").contains(SlidingWindow.ofLayers(4096, 0, 2));
    assertThat(window(mistral.put("sliding_window", 100))).contains(SlidingWindow.ofLayers(100, 0, 2));
    assertThat(LlamaConfig.parse(mistral, "config.json").contextTokens()).isEqualTo(256);
    assertThat(LlamaConfig.parse(mistral, "config.json").windows()).containsExactly(100, 100);
    assertThat(window(mistral.putNull("sliding_window"))).isEmpty();
  }

  @Test
  void aQwen2HasItsWindowInTheUpperLayersAndOnlyWhenItIsUsed() throws IOException {
    ObjectNode qwen = newer().put("model_type", "qwen2").put("sliding_window", 100).put("max_window_layers", 1);
    assertThat(window(qwen)).isEmpty();
    assertThat(window(qwen.put("use_sliding_window", true))).contains(SlidingWindow.ofLayers(100, 1, 2));
    assertThat(LlamaConfig.parse(qwen, "config.json").windows()).containsExactly(256, 100);
    assertThat(window(qwen.put("max_window_layers", 2))).isEmpty();
    assertThat(window(qwen.without("max_window_layers"))).as("the class's default of 28").isEmpty();
    assertThat(window(qwen.put("max_window_layers", 0).putNull("sliding_window"))).isEmpty();
  }

  @Test
  void layerTypesSayWhichLayersHaveTheWindow() throws IOException {
    for (String family : List.of("qwen2", "mistral")) {
      ObjectNode json = newer().put("model_type", family).put("sliding_window", 100).put("use_sliding_window", true);
      json.putArray("layer_types").add("sliding_attention").add("full_attention");
      assertThat(window(json)).contains(SlidingWindow.ofLayers(100, 0, 1));
      json.putArray("layer_types").add("full_attention").add("full_attention");
      assertThat(window(json)).isEmpty();
      assertThat(window(json.putNull("layer_types").put("max_window_layers", 0)))
          .contains(SlidingWindow.ofLayers(100, 0, 2));
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '\u0000', value = {
      "qwen2 | 100 | [\"full_attention\"] | entries, one for each of num_hidden_layers, has 1",
      "qwen2 | 100 | \"full_attention\" | layer_types must be a list of 2 entries",
      "mistral | 100 | [\"full_attention\", \"chunked_attention\"] | layer_types has 'chunked_attention' for layer 1",
      "mistral | null | [\"full_attention\", \"sliding_attention\"] | for layer 1, but the model has no sliding_window",
      "llama | 100 | [\"sliding_attention\", \"full_attention\"] | for layer 0, but the model has no sliding_window",
      "mistral | 0 | null | sliding_window must be at least 1, is 0",
      "qwen2 | -5 | null | sliding_window must be at least 1, is -5"})
  void refusesAWindowThatItCannotPlace(String family, String window, String types, String message) throws IOException {
    ObjectNode json = newer().put("model_type", family).put("use_sliding_window", true);
    json.set("sliding_window", Golden.MAPPER.readTree(window));
    json.set("layer_types", Golden.MAPPER.readTree(types));
    assertThatThrownBy(() -> LlamaConfig.parse(json, "config.json"))
        .isInstanceOf(ModelFormatException.class).hasMessageContaining(message);
  }

  @Test
  void aWindowIsReadAsItIsWritten() throws IOException {
    ObjectNode json = newer().put("sliding_window", 100).put("use_sliding_window", true).put("max_window_layers", 1);
    LlamaConfig upper = LlamaConfig.parse(json.put("model_type", "qwen2"), "config.json");
    assertThat(LlamaConfig.parse(upper.toJson(), "config.json")).isEqualTo(upper);
    json.putArray("layer_types").add("sliding_attention").add("full_attention");
    for (String family : List.of("qwen2", "mistral")) {
      LlamaConfig lower = LlamaConfig.parse(json.put("model_type", family), "config.json");
      assertThat(LlamaConfig.parse(lower.toJson(), "config.json")).isEqualTo(lower);
    }
    LlamaConfig all = LlamaConfig.parse(json.putNull("layer_types"), "config.json");
    assertThat(all.toJson().has("layer_types")).as("transformers takes another class then").isFalse();
    assertThat(LlamaConfig.parse(all.toJson(), "config.json")).isEqualTo(all);
  }

  @Test
  void refusesAWindowOfALayerThatIsNotThere() {
    assertThatThrownBy(() -> new LlamaConfig(Family.MISTRAL, 512, 64, 128, 2, 4, 2, 16, 1e-5, 10_000,
        new RopeScaling.None(), 256, Optional.of(SlidingWindow.ofLayers(100, 1, 3)), true, Set.of(), Optional.empty(),
        List.of(2))).hasMessageContaining("layer 2 is to have a sliding window, but there are 2 layers");
  }

  private static Optional<SlidingWindow> window(ObjectNode json) throws IOException {
    return LlamaConfig.parse(json, "config.json").slidingWindow();
  }

  private static ObjectNode newer() {
    return (ObjectNode) Golden.json("tiny/config.json");
  }
}
