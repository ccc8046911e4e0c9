package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.schemas.Alert;
import dev.nescio.schemas.AlertState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertWatchTest {

  private static final SliceKey SLICE = new SliceKey("*", "*", "base", "*", "sequence-probability");
  private static final long START = 30_000_000;

  @TempDir
  private Path directory;
  private KeyValueStore<String, byte[]> standings;
  private SlicePanes panes;

  @BeforeEach
  void openStores() {
    standings = store("alerts");
    panes = new SlicePanes(SLICE, new PaneStore(store("panes"), store("slices")), 8 * 24 * 60, START);
  }

  @Test
  void callsNobodyForACalibratedStreamOfSmallWindows() {
    assertThat(run(new Random(7), 400, 4, confidence -> confidence)).isEmpty();
  }

  @Test
  void opensOnceWhileConfidencesAreWrongAndClosesOnceAfterwards() {
    Random random = new Random(11);
    List<Alert> alerts = run(random, 100, 8, confidence -> confidence);
    alerts.addAll(run(random, 120, 8, confidence -> confidence * 0.3));
    alerts.addAll(run(random, 150, 8, confidence -> confidence));

    List<Alert> calibration = alerts.stream().filter(a -> a.getMetric().startsWith("miscalibration")).toList();
    assertThat(calibration).extracting(Alert::getState).containsExactly(AlertState.OPENED, AlertState.CLOSED);
    assertThat(calibration).extracting(Alert::getAlertId).containsOnly(calibration.getFirst().getAlertId());
    assertThat(calibration.getFirst().getLow()).isGreaterThan(0.05);
    assertThat(calibration.getFirst().getMessage()).contains("confidences are off by", "limit 0.050");
    assertThat(calibration.getLast().getMessage()).startsWith("over: ");
    assertThat(alerts).filteredOn(a -> a.getState() == AlertState.OPENED)
        .hasSize((int) alerts.stream().filter(a -> a.getState() == AlertState.CLOSED).count());
  }

  @Test
  void findsInADayWhatNoHourCanShow() {
    List<Alert> alerts = run(new Random(3), 300, 8, confidence -> confidence * 0.75);
    assertThat(alerts).singleElement().satisfies(alert -> {
      assertThat(alert.getMetric()).isEqualTo("miscalibration 24h");
      assertThat(alert.getState()).isEqualTo(AlertState.OPENED);
      assertThat(alert.getN()).isGreaterThan(1_000);
    });
  }

  @Test
  void doesNotOpenAgainByADayWhoseLastHourIsCalm() {
    Random random = new Random(11);
    run(random, 100, 8, confidence -> confidence);
    run(random, 150, 8, confidence -> confidence * 0.3);
    List<Alert> alerts = run(random, 200, 8, confidence -> confidence);
    assertThat(new Miscalibration().read(panes.window(WindowKind.ONE_DAY), new Tally(), 1e-8).orElseThrow().low())
        .as("the day still proves it").isGreaterThan(0.05);
    assertThat(alerts).filteredOn(alert -> alert.getMetric().startsWith("miscalibration"))
        .extracting(Alert::getState).containsExactly(AlertState.CLOSED);
  }

  @Test
  void staysOpenOverARestart() {
    Random random = new Random(11);
    assertThat(run(random, 70, 12, confidence -> confidence * 0.2)).isNotEmpty();
    minute += 1;
    assertThat(new AlertWatch(AlertRules.DEFAULT, standings).look(panes, minute)).isEmpty();
  }

  @Test
  void closesWhenThereIsNothingLeftToJudgeBy() {
    assertThat(run(new Random(11), 70, 12, confidence -> confidence * 0.2)).isNotEmpty();
    minute += 9 * 24 * 60;
    panes.advance(minute);
    List<Alert> alerts = run(new Random(1), 5, 0, confidence -> confidence);
    assertThat(alerts).isNotEmpty().allSatisfy(alert -> assertThat(alert.getState()).isEqualTo(AlertState.CLOSED))
        .allSatisfy(alert -> assertThat(alert.getMessage()).contains("fewer than 200 answers"));
  }

  @Test
  void watchesTheSlicesThatItIsToldTo() {
    SliceKey tenant = new SliceKey("acme", "*", "base", "*", "e");
    assertThat(AlertRules.DEFAULT.watches(SLICE)).isTrue();
    assertThat(AlertRules.DEFAULT.watches(tenant)).isFalse();
    AlertRules tenants = new AlertRules(1, 0.01, 0.1, 0.1, 0.1, 0.1, 1, Set.of("tenant"), Set.of(),
        AlertRules.DEFAULT.trainingEvery());
    assertThat(tenants.watches(tenant)).isTrue();
    assertThat(tenants.watches(SLICE)).isFalse();
    assertThat(tenants.watches(tenant.overflow(3))).as("mixes models").isFalse();
  }

  private long minute = START;

  private List<Alert> run(Random random, int minutes, int perMinute, DoubleUnaryOperator chance) {
    AlertWatch watch = new AlertWatch(AlertRules.DEFAULT, standings);
    List<Alert> alerts = new ArrayList<>();
    for (int i = 0; i < minutes; i++, minute++) {
      SliceDelta delta = new SliceDelta(minute);
      delta.difference().merge(DetectorsTest.window(random, perMinute, chance));
      panes.apply(List.of(delta), minute);
      panes.advance(minute);
      alerts.addAll(watch.look(panes, minute));
    }
    return alerts;
  }

  private KeyValueStore<String, byte[]> store(String name) {
    MockProcessorContext<Void, Void> context = new MockProcessorContext<>(new Properties(),
        new TaskId(0, 0), directory.toFile());
    KeyValueStore<String, byte[]> store = Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name),
        Serdes.String(), Serdes.ByteArray()).withLoggingDisabled().build();
    store.init(context.getStateStoreContext(), store);
    return store;
  }
}
