package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nescio.metrics.CalibrationSummary;
import dev.nescio.metrics.Metric;
import dev.nescio.metrics.MetricNames;
import dev.nescio.metrics.Metrics;
import dev.nescio.metrics.Observation;
import dev.nescio.schemas.Alert;
import dev.nescio.schemas.AlertState;
import dev.nescio.schemas.Decision;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How often somebody is called without a reason when windows that overlap are looked at every minute. The streams are
 * the hardest that are no reason: A-FPR and the gap of confidences are exactly at their limits.
 */
class AlertFalseAlarmTest {

  private static final int STREAMS = 40;
  private static final int LOOKS = 120;
  private static final int A_MINUTE = 6;
  private static final long START = 30_000_000;
  private static final SliceKey SLICE = new SliceKey("*", "*", "base", "*", "e");

  /** So many that it can be counted: one false alarm a day. */
  private static final AlertRules RULES = new AlertRules(
      100, 365, .05, .05, .1, .25, 5, Set.of("model"), Set.of(), AlertRules.DEFAULT.trainingEvery());

  private static final Metric<CalibrationSummary> A_FPR =
      Metrics.named(MetricNames.of(MetricNames.A_FPR, "given"), "given");

  @TempDir private Path directory;

  @Test
  void sharesTheFalseAlarmsOfAYearAmongItsLooksDetectorsAndWindows() {
    assertThat(AlertRules.DEFAULT.error()).isCloseTo(.1 / (366 * 1_440 * 4 * 3), within(1e-20));
    double perLook = RULES.error() * Detectors.all().size() * AlertWatch.WINDOWS.size();
    assertThat(perLook * 366 * 1_440).isCloseTo(365, within(1e-9));
  }

  @Test
  void staysWithinTheFalseAlarmsThatAreAllowedWhereIntervalsDoNot() {
    int called = 0;
    int calledByIntervals = 0;
    for (int seed = 0; seed < STREAMS; seed++) {
      Random random = new Random(seed);
      SlicePanes panes = new SlicePanes(SLICE, new PaneStore(store("panes"), store("slices")), 8 * 1_440, START);
      AlertWatch watch = new AlertWatch(RULES, store("alerts"));
      boolean above = false;
      for (int look = 0; look < LOOKS; look++) {
        panes.apply(List.of(minute(random, START + look)), START + look);
        List<Alert> changed = watch.look(panes, START + look);
        called += (int) changed.stream().filter(alert -> alert.getState() == AlertState.OPENED).count();
        above |= passes(panes.window(WindowKind.ONE_HOUR));
      }
      if (above) calledByIntervals++;
    }
    // 365 a year are .083 in 120 looks.
    double allowed = STREAMS * LOOKS * 365.0 / (366 * 1_440);
    assertThat(called).as("alerts opened in %d streams, %.1f allowed", STREAMS, allowed)
        .isLessThanOrEqualTo((int) allowed);
    assertThat(calledByIntervals).as("streams whose 95 %% interval was above the limit at some look")
        .isGreaterThan(STREAMS / 10);
  }

  /** The lower end of the interval that stands beside the figure on the page. */
  private static boolean passes(Tally window) {
    return A_FPR.of(window.summary()).filter(a -> a.n() >= RULES.minimum() && a.low() > RULES.aFpr()).isPresent();
  }

  /** P(correct) = confidence - .05, and one of twenty correct answers is flagged. */
  private static SliceDelta minute(Random random, long minute) {
    SliceDelta delta = new SliceDelta(minute);
    for (int i = 0; i < A_MINUTE; i++) {
      double confidence = .3 + .7 * random.nextDouble();
      boolean correct = random.nextDouble() < confidence - .05;
      Decision decision = random.nextDouble() < .05 ? Decision.IDK : Decision.ANSWER;
      AnswerFacts answer = Facts.answer("q~1", 0, decision, OptionalInt.of(Observation.units(confidence)));
      delta.difference().add(new Contribution(
          answer.withoutCandidate(), true, correct, 0, OptionalLong.empty(), Opinions.NONE));
    }
    return delta;
  }

  private KeyValueStore<String, byte[]> store(String name) {
    MockProcessorContext<Void, Void> context =
        new MockProcessorContext<>(new Properties(), new TaskId(0, 0), directory.toFile());
    KeyValueStore<String, byte[]> store = Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name),
        Serdes.String(), Serdes.ByteArray()).withLoggingDisabled().build();
    store.init(context.getStateStoreContext(), store);
    return store;
  }
}
