package dev.nescio.loadtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DurationsTest {

  private final Durations durations = new Durations();

  @Test
  void givesPercentilesToThreeDigits() {
    for (int millis = 1; millis <= 1000; millis++) durations.addMicros(millis * 1000L);

    Durations.Summary summary = durations.summary();

    assertThat(summary.count()).isEqualTo(1000);
    assertThat(summary.p50Millis()).isCloseTo(500, within(1.0));
    assertThat(summary.p99Millis()).isCloseTo(990, within(1.0));
    assertThat(summary.maxMillis()).isCloseTo(1000, within(1.0));
    assertThat(summary.meanMillis()).isCloseTo(500.5, within(1.0));
  }

  @Test
  void countsNegativeDurationsApart() {
    durations.addMicros(2000);
    durations.addNanos(-1);

    assertThat(durations.summary().count()).isEqualTo(1);
    assertThat(durations.summary().negative()).isEqualTo(1);
  }

  @Test
  void hasNoFigureWithoutADuration() {
    assertThat(durations.summary()).isEqualTo(new Durations.Summary(0, 0, null, null, null, null, null, null));
  }
}
