package dev.nescio.loadtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkloadTest {

  private static final String GOOD = """
      {"name": "w", "description": "d", "phases": [{"perSecond": 2, "seconds": 3}], "warmUpSeconds": 1,
       "drainSeconds": 5, "maxTokens": 8, "seed": 1, "gradeAnswers": false}""";

  @TempDir
  private Path directory;

  @Test
  void everyBundledWorkloadIsValidAndNamedAsItsFile() throws IOException {
    try (var files = Files.list(Path.of("workloads"))) {
      List<Path> all = files.toList();
      assertThat(all).isNotEmpty();
      assertThat(all).allSatisfy(
          file -> assertThat(file.getFileName()).hasToString(Workload.read(file).name() + ".json"));
    }
  }

  @Test
  void readsWhatTheFileSaysAndLeavesOptionalPartsOut() throws IOException {
    Workload workload = Workload.read(file(GOOD));

    assertThat(workload.phases()).containsExactly(new Workload.Phase(2, 3));
    assertThat(workload.killAtSeconds()).isEmpty();
    assertThat(workload.maxP99Millis()).isNull();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      "seed"            | "sede"             | seed:
      "seconds": 3      | "minutes": 3       | seconds:
      "perSecond": 2    | "perSecond": -2    | perSecond is 0 or above
      "perSecond": 2    | "perSecond": 0     | no question
      "warmUpSeconds": 1| "warmUpSeconds": 3 | nothing to measure
      "maxTokens": 8    | "maxTokens": 0     | maxTokens is from 1 to 512
      "drainSeconds": 5 | "drainSeconds": 0  | drainSeconds is above 0
      "maxTokens": 8    | "maxTokens": null  | maxTokens
      "name": "w"       | "name": ""         | name is missing
      "seed": 1         | "seed": 1, "killAtSeconds": [3, 2] | ascending
      """)
  void refusesWhatItDoesNotUnderstandAndNamesFileAndReason(String part, String changed, String reason)
      throws IOException {
    Path file = file(GOOD.replace(part, changed));

    assertThatExceptionOfType(LoadTestException.class).isThrownBy(() -> Workload.read(file))
        .withMessageContaining(file.toString()).withMessageContaining(reason);
  }

  @Test
  void saysThatThereIsNoFile() {
    assertThatExceptionOfType(LoadTestException.class).isThrownBy(() -> Workload.read(directory.resolve("none.json")))
        .withMessageContaining("none.json");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("w.json"), text);
  }
}
