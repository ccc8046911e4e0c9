package dev.nescio.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
  void aWindowLimitsTheContext() throws IOException {
    ObjectNode mistral = newer().put("model_type", "mistral");
    assertThat(LlamaConfig.parse(mistral, "config.json").slidingWindow()).as("the class's default").contains(4096);
    assertThat(LlamaConfig.parse(mistral.putNull("sliding_window"), "config.json").slidingWindow()).isEmpty();
    LlamaConfig narrow = LlamaConfig.parse(mistral.put("sliding_window", 100), "config.json");
    assertThat(narrow.contextTokens()).isEqualTo(100);
    ObjectNode qwen = newer().put("model_type", "qwen2").put("sliding_window", 100);
    assertThat(LlamaConfig.parse(qwen, "config.json").contextTokens()).isEqualTo(256);
    LlamaConfig limited = LlamaConfig.parse(qwen.put("use_sliding_window", true), "config.json");
    assertThat(limited.contextTokens()).isEqualTo(100);
    assertThat(LlamaConfig.parse(limited.toJson(), "config.json")).isEqualTo(limited);
    assertThatThrownBy(() -> new LlamaConfig(Family.MISTRAL, 512, 64, 128, 2, 4, 2, 16, 1e-5, 10_000,
        new RopeScaling.None(), 256, Optional.of(100), true, Set.of(), Optional.empty(), List.of(2)))
        .hasMessageContaining("only what fits into the window is computed exactly");
  }

  private static ObjectNode newer() {
    return (ObjectNode) Golden.json("tiny/config.json");
  }
}
