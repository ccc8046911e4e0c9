package dev.nescio.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.model.files.SafetensorsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Adapters that the trainer wrote and the real PEFT loaded, with what PEFT computed ({@code .ci/peft-load}). */
class TrainedAdapterTest {

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void ourModelComputesOfATrainedAdapterWhatPeftComputes(TrainedAdapter kind) throws IOException {
    Path base = TinyModel.copyTo(directory.resolve("base"));
    JsonNode golden = Golden.json(kind.golden() + "/values.json");
    JsonNode ours = TrainedAdapter.values(base, Golden.path(kind.golden() + "/adapter"));
    assertThat(ours.path("cases")).hasSize(3);
    for (int i = 0; i < 3; i++) {
      JsonNode expected = golden.path("cases").path(i);
      JsonNode actual = ours.path("cases").path(i);
      assertThat(actual.path("ids")).isEqualTo(expected.path("ids"));
      assertThat(actual.path("ours")).hasSameSizeAs(expected.path("peft")).isNotEmpty();
      for (int token = 0; token < expected.path("peft").size(); token++) {
        assertThat(actual.path("ours").path(token).asDouble())
            .isCloseTo(expected.path("peft").path(token).asDouble(), within(1e-4));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theTrainerStillWritesTheLayoutThatPeftLoaded(TrainedAdapter kind) throws IOException {
    Path base = TinyModel.copyTo(directory.resolve("base"));
    Path written = kind.train(base, directory.resolve("adapter"));
    Path loaded = Golden.path(kind.golden() + "/adapter");
    assertThat(names(written)).isEqualTo(names(loaded));
    assertThat(written.resolve("adapter_config.json")).hasSameTextualContentAs(loaded.resolve("adapter_config.json"));
    assertThat(written.resolve("tokenizer.json")).hasSameTextualContentAs(loaded.resolve("tokenizer.json"));
    try (SafetensorsReader now = new SafetensorsReader(written.resolve("adapter_model.safetensors"));
        SafetensorsReader then = new SafetensorsReader(loaded.resolve("adapter_model.safetensors"))) {
      assertThat(now.names()).isEqualTo(then.names());
      for (String name : then.names()) assertThat(now.entry(name).shape()).isEqualTo(then.entry(name).shape());
    }
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
