package dev.nescio.loadtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ThroughputTest {

  private static final long SECOND = 1_000_000_000L;

  @Test
  void isOfTheTimeFromTheEndOfTheWarmUpToTheLastAnswer() {
    Throughput throughput =
        Throughput.of(5, SECOND, List.of(5L, 5 + SECOND, 5 + 2 * SECOND, 5 + 2 * SECOND, 5 + 5 * SECOND));

    assertThat(throughput).isEqualTo(new Throughput(4, 4.0, 1.0, List.of(1, 1, 2, 0, 0, 1)));
  }

  @Test
  void isUndefinedWithoutAnswers() {
    assertThat(Throughput.of(0, SECOND, List.of())).isEqualTo(new Throughput(0, 0, null, List.of()));
  }
}
