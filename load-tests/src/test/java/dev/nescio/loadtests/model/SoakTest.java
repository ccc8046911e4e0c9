package dev.nescio.loadtests.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.loadtests.model.Soak.Outcome;
import dev.nescio.loadtests.model.Soak.Reading;
import dev.nescio.model.hub.ModelSource;
import dev.nescio.model.local.HeldMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A short soak, in a process of its own that takes what the tests beside it leave over; {@code .ci/run} takes five minutes. */
@Execution(ExecutionMode.CONCURRENT)
class SoakTest {

  /** Five minutes with {@code -Dnescio.soak.seconds=300}. */
  private static final long SECONDS = Long.getLong("nescio.soak.seconds", 30);
  private static final long OPENING_SECONDS = 300;
  private static final HeldMemory IDLE = new HeldMemory(0, 0, 1 << 20);

  @TempDir private Path directory;

  @Test
  void nothingIsLeftBehindAndLessThanOneAndAHalfGigabytesAreResident() throws Exception {
    requireModel();
    Path output = directory.resolve("soak.txt");
    Path report = directory.resolve("soak.json");
    Process process = new ProcessBuilder("nice", "-n", "5",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g",
        "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
        "--add-modules", "jdk.incubator.vector", "-cp", System.getProperty("java.class.path"),
        SoakModel.class.getName(), "--minutes", Double.toString(SECONDS / 60.0), "--at-most-mb", "1500",
        "--output", report.toString())
        .redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      assertThat(process.waitFor(SECONDS + OPENING_SECONDS, TimeUnit.SECONDS)).as("it ended in time").isTrue();
      // A minute is warm-up: the collector's heap may still grow in it.
      if (SECONDS >= 300) assertThat(process.exitValue()).as(Files.readString(output)).isZero();
      assertThat(report).as(Files.readString(output)).isRegularFile();
    } finally {
      process.destroyForcibly();
    }
    JsonNode outcome = new ObjectMapper().readTree(report.toFile()).get("outcome");
    assertThat(outcome.get("forgotten").asLong()).as("rounds that left something behind").isZero();
    assertThat(outcome.get("rounds").asLong()).isGreaterThan(3);
    assertThat(outcome.get("tokens").asLong()).isGreaterThan(100);
    assertThat(outcome.get("peakBytes").asLong()).isLessThan(1_500_000_000L);
  }

  @Test
  void growthIsTheLastThirdAgainstTheOneBefore() {
    List<Reading> readings = IntStream.range(0, 9).mapToObj(i -> new Reading(i, i * (50L << 20), IDLE)).toList();
    Outcome growing = new Outcome(9, 1, 1, 0, 0, readings);
    assertThat(growing.growthBytes()).isEqualTo(150L << 20);
    assertThat(growing.isFlat()).isFalse();
    List<Reading> flat =
        IntStream.range(0, 9).mapToObj(i -> new Reading(i, Math.min(i, 3) * (50L << 20), IDLE)).toList();
    assertThat(new Outcome(9, 1, 1, 0, 0, flat).isFlat()).isTrue();
    assertThat(new Outcome(9, 1, 1, 1, 0, flat).isFlat()).as("a round left something behind").isFalse();
  }

  private static void requireModel() {
    try {
      ModelSource.parse("default", ModelSource.HUB)
          .resolve(Path.of(System.getProperty("user.home"), ".cache", "nescio"));
    } catch (IOException e) {
      Assumptions.abort("SKIPPED, needs SmolLM2-135M-Instruct: " + e.getMessage());
    }
  }
}
