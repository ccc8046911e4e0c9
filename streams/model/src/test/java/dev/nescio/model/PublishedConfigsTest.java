package dev.nescio.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.model.files.Json;
import dev.nescio.model.files.ModelFormatException;
import dev.nescio.model.llama.Family;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.RopeScaling;
import dev.nescio.model.llama.SlidingWindow;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configurations as public models come with them, written down from memory of their model pages. */
class PublishedConfigsTest {

  /** Counts of parameters as the models' makers give them. */
  @ParameterizedTest
  @CsvSource({
      "Llama-3.2-1B, LLAMA, 1235.8, 131072, 64",
      "Llama-3.2-1B-Instruct, LLAMA, 1235.8, 131072, 64",
      "Qwen2.5-0.5B-Instruct, QWEN2, 494.0, 32768, 64",
      "Mistral-7B-v0.1, MISTRAL, 7241.7, 32768, 128",
      "Mistral-7B-Instruct-v0.3, MISTRAL, 7248.0, 32768, 128",
      "TinyLlama-1.1B-Chat-v1.0, LLAMA, 1100.0, 2048, 64",
      "SmolLM2-1.7B, LLAMA, 1711.4, 8192, 64"})
  void isReadWithTheRightShape(
      String name, Family family, String millions, int context, int headDim, @TempDir Path directory)
      throws IOException {
    LlamaConfig config = read(name);
    assertThat(config.family()).isEqualTo(family);
    assertThat(ModelSummary.shape(config)).endsWith(" " + millions + " M parameters");
    assertThat(config.contextTokens()).isEqualTo(context);
    assertThat(config.headDim()).isEqualTo(headDim);
    Files.write(directory.resolve("config.json"), Json.pretty(config.toJson()));
    assertThat(LlamaConfig.read(directory)).isEqualTo(config);
  }

  @Test
  void theEndsAreThoseOfTheConfigurationAndThenThoseOfGeneration() throws IOException {
    assertThat(read("Llama-3.2-1B").endTokenIds()).containsExactly(128001);
    assertThat(read("Llama-3.2-1B-Instruct").endTokenIds()).containsExactly(128001, 128008, 128009);
    assertThat(read("Qwen2.5-0.5B-Instruct").endTokenIds()).as("to train on <|im_end|>").containsExactly(151645, 151643);
    assertThat(read("SmolLM2-1.7B").endTokenIds()).containsExactly(0);
  }

  @Test
  void onlyTheFirstMistralHasAWindow() throws IOException {
    assertThat(read("Mistral-7B-v0.1").slidingWindow()).contains(SlidingWindow.ofLayers(4096, 0, 32));
    assertThat(read("Mistral-7B-Instruct-v0.3").slidingWindow()).isEmpty();
    assertThat(read("Qwen2.5-0.5B-Instruct").slidingWindow()).as("not used").isEmpty();
  }

  @Test
  void rotaryScalingIsThatOfLlama32() throws IOException {
    assertThat(read("Llama-3.2-1B").ropeScaling()).isEqualTo(new RopeScaling.Llama3(32, 1, 4, 8192));
    assertThat(read("SmolLM2-1.7B").ropeScaling()).isEqualTo(new RopeScaling.None());
    assertThat(read("SmolLM2-1.7B").ropeTheta()).isEqualTo(130_000);
  }

  @Test
  void anEndOutsideTheVocabularyIsNamedWithItsFile(@TempDir Path directory) throws IOException {
    Files.copy(place("SmolLM2-1.7B").resolve("config.json"), directory.resolve("config.json"));
    Files.writeString(directory.resolve("generation_config.json"), "{\"eos_token_id\": [0, 49152]}");
    assertThatThrownBy(() -> LlamaConfig.read(directory)).isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("generation_config.json").hasMessageContaining("eos_token_id 49152 is outside");
    Files.writeString(directory.resolve("generation_config.json"), "{\"eos_token_id\": null}");
    assertThat(LlamaConfig.read(directory).endTokenIds()).isEqualTo(List.of(0));
  }

  private static LlamaConfig read(String name) throws IOException {
    return LlamaConfig.read(place(name));
  }

  private static Path place(String name) {
    try {
      return Path.of(PublishedConfigsTest.class.getResource("/published/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
