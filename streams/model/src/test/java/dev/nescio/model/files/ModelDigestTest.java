package dev.nescio.model.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.model.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelDigestTest {

  @TempDir private Path directory;

  @BeforeEach
  void writeModel() throws IOException {
    TinyModel.write(directory);
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "tokenizer.json", "model.safetensors", "generation_config.json",
      "tokenizer_config.json", "chat_template.jinja"})
  void whatDecidesAboutAnswersIsInIt(String name) throws IOException {
    String before = ModelDigest.of(directory);
    Path file = directory.resolve(name);
    Files.writeString(file, (Files.exists(file) ? Files.readString(file, ISO_8859_1)
        : "") + " ", ISO_8859_1);
    assertThat(ModelDigest.of(directory)).matches("[0-9a-f]{64}").isNotEqualTo(before);
  }

  @Test
  void whatDoesNotIsNot() throws IOException {
    String before = ModelDigest.of(directory);
    Files.writeString(directory.resolve("README.md"), "a model");
    assertThat(ModelDigest.of(directory)).isEqualTo(before);
  }
}
