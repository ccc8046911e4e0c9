package dev.nescio.trainer.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StepClockTest {

  private record Heard(
      NightStep step, NightListener.State state, long done, long total, Optional<Duration> remaining,
      Map<String, Double> figures) {}

  private final List<Heard> heard = new ArrayList<>();
  private Instant now = Instant.EPOCH;
  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
  private final StepClock steps =
      new StepClock(
          (step, state, done, total, unit, remaining, message, figures) ->
              heard.add(new Heard(step, state, done, total, remaining, figures)),
          clock);

  @Test
  void estimatesWhatIsLeftByThePaceSoFar() {
    steps.start(NightStep.KNOWLEDGE, "asking");
    steps.counted(0, 30, "samples");
    now = now.plusSeconds(10);
    steps.counted(5, 30, "samples");
    assertThat(heard.get(1).remaining()).isEmpty();
    assertThat(heard.get(2).remaining()).contains(Duration.ofSeconds(50));
    assertThat(heard.get(2).step()).isEqualTo(NightStep.KNOWLEDGE);
  }

  @Test
  void saysHowLongAStepTook() {
    steps.start(NightStep.GATE, "judging");
    now = now.plusMillis(1500);
    steps.refused("not better", Map.of("n", 3.0));
    assertThat(heard.getLast().state()).isEqualTo(NightListener.State.REFUSED);
    assertThat(heard.getLast().figures()).isEqualTo(Map.of("n", 3.0, "duration_seconds", 1.5));
  }

  @Test
  void startsNoStepOfANightThatWasCancelled() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> steps.start(NightStep.GATE, "judging")).isInstanceOf(NightCancelledException.class);
    } finally {
      Thread.interrupted();
    }
    assertThat(heard).isEmpty();
  }
}
