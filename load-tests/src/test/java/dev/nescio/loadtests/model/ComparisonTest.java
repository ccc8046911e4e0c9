package dev.nescio.loadtests.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nescio.loadtests.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {

  private static final ModelWorkload GREEDY =
      new ModelWorkload.Generate("greedy", "Some text", 1, 0, 0, 1, 4, 0, 3, 1, 1.5, 3);

  @TempDir private Path directory;

  private static Task.Done done(double seconds, int... ids) {
    return new Task.Done(seconds, ids.length, List.of(ids));
  }

  private static Comparison example() {
    return Comparison.of(GREEDY,
        List.of(done(1, 5, 6, 7, 8), done(2, 5, 6, 7, 8), done(4, 5, 6, 0, 8)),
        List.of(done(2, 5, 6, 7, 8), done(8, 5, 6, 7, 8), done(6, 5, 6, 7, 8)));
  }

  @Test
  void ratiosAreOfRunsBesideEachOtherAndTheMedianDecides() {
    Comparison comparison = example();
    assertThat(comparison.ratio().runs()).containsExactly(2.0, 4.0, 1.5);
    assertThat(comparison.ratio().median()).isEqualTo(2);
    assertThat(comparison.ratio().low()).isEqualTo(1.5);
    assertThat(comparison.ratio().high()).isEqualTo(4);
    assertThat(comparison.reached()).isEqualTo(Comparison.Reached.AT_LEAST);
    assertThat(comparison.ours().tokensPerSecond().median()).isEqualTo(2);
    assertThat(comparison.peer().seconds().runs()).containsExactly(2.0, 8.0, 6.0);
    assertThat(comparison.agreement()).isCloseTo(10 / 12.0, within(1e-12));
    assertThat(Comparison.Spread.of(List.of(4.0, 1.0)).median()).isEqualTo(2.5);
  }

  @Test
  void drawnTextsHaveNoAgreement() {
    ModelWorkload drawn = new ModelWorkload.Generate("drawn", "Some text", 1, 0, 0, 1, 4, 1, 3, 1, 3, 3);
    Comparison comparison = Comparison.of(drawn, List.of(done(1, 5)), List.of(done(2, 6)));
    assertThat(comparison.agreement()).isNull();
    assertThat(comparison.reached()).isEqualTo(Comparison.Reached.NEITHER);
  }

  @Test
  void theReportIsWrittenAsJsonAndAsATable() throws IOException {
    ModelReport report = new ModelReport("2026-11-22T18:00:00Z", 12, "abc", Machine.here(), VectorFlags.here(), 2,
        Map.of("name", "tiny"), Map.of("libtorch", "2.7.1"), Map.of("torch", "2.15.0"), List.of(example()));
    Path file = directory.resolve("reports/model.json");
    report.write(file);
    assertThat(Files.readString(file)).contains("\"kind\" : \"generate\"", "\"reached\" : \"AT_LEAST\"");
    assertThat(Files.readString(directory.resolve("reports/model.md"))).contains(
        "| `greedy` | 2.0 (1.0-4.0) | 0.7 (0.5-2.0) | 2.00 (1.50-4.00) | 1.5 / 3.0: required reached | 0.833 |",
        "2026-11-22", "torch 2.15.0", "nescio abc with libtorch 2.7.1");
  }
}
