package dev.nescio.loadtests.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.nescio.loadtests.LoadTestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelWorkloadTest {

  private static final Path BUNDLED = Path.of("model-workloads");

  @TempDir private Path directory;

  @Test
  void everyBundledWorkloadIsValidAndNamedAsItsFile() throws IOException {
    try (var files = Files.list(BUNDLED)) {
      List<Path> all = files.toList();
      assertThat(all).hasSize(9).allSatisfy(
          file -> assertThat(file.getFileName()).hasToString(ModelWorkload.read(file).name() + ".json"));
    }
    assertThat(ModelWorkload.readAll(BUNDLED)).extracting(ModelWorkload::name)
        .contains("samples-8", "samples-32", "decode-1", "decode-32", "prefix", "train-lora", "train-short");
  }

  @Test
  void besideAnotherPeerTheWorkIsTheSameAndOnlyItsSpeedIsRequired() {
    for (ModelWorkload workload : ModelWorkload.readAll(BUNDLED)) {
      ModelWorkload par = workload.atPar();
      assertThat(par).usingRecursiveComparison().ignoringFields("atLeast", "aim").isEqualTo(workload);
      assertThat(par.atLeast()).isEqualTo(1);
      assertThat(par.aim()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      "samples": 8       | "samples": 0                | samples is at least 1
      "samples": 8       | "sample": 8                 | sample
      "newTokens": 30    | "newTokens": 0              | newTokens is at least 1
      "temperature": 1.0 | "temperature": -1           | temperature is 0 or above
      "seed": 1          | "seed": 1, "more": 2        | more
      "seed": 1,         |                             | seed
      "aim": 4.0         | "aim": 2.0                  | aim not below it
      "kind": "generate" | "kind": "guess"             | guess
      "runs": 5          | "runs": 0                   | runs is at least 1
      """)
  void refusesWhatItDoesNotUnderstandAndNamesFileAndReason(String part, String changed, String reason)
      throws IOException {
    String good = Files.readString(BUNDLED.resolve("samples-8.json"));
    assertThat(good).contains(part);
    Path file = directory.resolve("w.json");
    Files.writeString(file, good.replace(part, changed == null ? "" : changed));
    assertThatExceptionOfType(LoadTestException.class).isThrownBy(() -> ModelWorkload.read(file))
        .withMessageContaining("w.json").withMessageContaining(reason);
  }
}
