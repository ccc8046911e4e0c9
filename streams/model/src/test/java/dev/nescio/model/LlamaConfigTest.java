package dev.nescio.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
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
      "attention_bias | true | attention_bias is not supported",
      "num_key_value_heads | 3 | no multiple of num_key_value_heads 3",
      "head_dim | 15 | head_dim must be even",
      "num_hidden_layers | 0 | num_hidden_layers must be at least 1",
      "vocab_size | \"many\" | vocab_size is no integer",
      "eos_token_id | 512 | eos_token_id 512 is outside the vocabulary",
      "eos_token_id | null | eos_token_id is missing",
      "rope_parameters | {\"rope_type\":\"llama3\"} | rope_type is 'llama3'",
      "quantization_config | {} | quantization_config is not supported"})
  void refusesWhatItCannotCompute(String key, String value, String message) throws IOException {
    ObjectNode json = newer();
    json.set(key, Golden.MAPPER.readTree(value));
    assertThatThrownBy(() -> LlamaConfig.parse(json, "config.json"))
        .isInstanceOf(ModelFormatException.class).hasMessageContaining("config.json").hasMessageContaining(message);
  }

  private static ObjectNode newer() {
    return (ObjectNode) Golden.json("tiny/config.json");
  }
}
