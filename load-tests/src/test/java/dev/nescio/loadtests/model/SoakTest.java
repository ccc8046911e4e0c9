package dev.nescio.loadtests.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.loadtests.model.Soak.Outcome;
import dev.nescio.loadtests.model.Soak.Reading;
import dev.nescio.model.HeldMemory;
import dev.nescio.model.LocalLanguageModel;
import dev.nescio.model.ModelSource;
import dev.nescio.model.TorchModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class SoakTest {

  /** Longer with {@code -Dnescio.soak.seconds=3600}. */
  private static final long SECONDS = Long.getLong("nescio.soak.seconds", 30);
  private static final HeldMemory IDLE = new HeldMemory(0, 0, 1 << 20);

  @Test
  void theModelsMemoryStaysAsItIs() throws IOException {
    try (LocalLanguageModel model = LocalLanguageModel.open(TorchModelConfig.of(directory()))) {
      Outcome outcome = new Soak(model, List.of(), 0).run(Duration.ofSeconds(SECONDS), reading -> { });
      assertThat(outcome.forgotten()).as("rounds that left something behind").isZero();
      assertThat(outcome.rounds()).isGreaterThan(3);
      assertThat(outcome.tokens()).isGreaterThan(100);
      assertThat(outcome.isFlat()).as(outcome.readings().toString()).isTrue();
    }
  }

  @Test
  void growthIsTheLastThirdAgainstTheOneBefore() {
    List<Reading> readings = IntStream.range(0, 9).mapToObj(i -> new Reading(i, i * (50L << 20), IDLE)).toList();
    Outcome growing = new Outcome(9, 1, 1, 0, readings);
    assertThat(growing.growthBytes()).isEqualTo(150L << 20);
    assertThat(growing.isFlat()).isFalse();
    assertThat(growing.peakBytes()).isEqualTo(400L << 20);
    List<Reading> flat =
        IntStream.range(0, 9).mapToObj(i -> new Reading(i, Math.min(i, 3) * (50L << 20), IDLE)).toList();
    assertThat(new Outcome(9, 1, 1, 0, flat).isFlat()).isTrue();
    assertThat(new Outcome(9, 1, 1, 1, flat).isFlat()).as("a round left something behind").isFalse();
  }

  private static Path directory() {
    try {
      return ModelSource.parse("default", ModelSource.HUB)
          .resolve(Path.of(System.getProperty("user.home"), ".cache", "nescio"));
    } catch (IOException e) {
      return Assumptions.abort("SKIPPED, needs SmolLM2-135M-Instruct: " + e.getMessage());
    }
  }
}
