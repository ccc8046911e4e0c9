package dev.nescio.evaluation;

import dev.nescio.schemas.Alert;
import dev.nescio.schemas.AlertState;
import dev.nescio.schemas.topics.Keys;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Looks at a slice once a minute and opens and closes alerts. Each detector gets the shortest window with enough
 * answers, so a busy slice is judged by its last hour and a quiet one by its day or week; the reference is the rest of
 * the week.
 */
final class AlertWatch {

  private static final List<WindowKind> WINDOWS =
      List.of(WindowKind.ONE_HOUR, WindowKind.ONE_DAY, WindowKind.SEVEN_DAYS);

  private final AlertRules rules;
  private final KeyValueStore<String, byte[]> store;

  /** @param store {@link AlertStanding} by slice and detector */
  AlertWatch(AlertRules rules, KeyValueStore<String, byte[]> store) {
    this.rules = rules;
    this.store = store;
  }

  /** What changed at this look. */
  List<Alert> look(SlicePanes panes, long nowMinute) {
    if (!rules.watches(panes.slice())) return List.of();
    panes.advance(nowMinute);
    List<Pair> pairs = pairs(panes);
    List<Alert> changed = new ArrayList<>();
    for (Detector detector : Detectors.all()) {
      look(detector, panes.slice(), pairs, nowMinute).ifPresent(changed::add);
    }
    return changed;
  }

  private Optional<Alert> look(Detector detector, SliceKey slice, List<Pair> pairs, long nowMinute) {
    String key = slice.encode() + " " + detector.name();
    byte[] stored = store.get(key);
    AlertStanding standing = stored == null ? AlertStanding.QUIET : AlertStanding.fromBytes(stored);
    Optional<Seen> seen = read(detector, pairs);
    if (!standing.open()) {
      if (seen.isEmpty() || seen.get().reading().low() <= detector.limit(rules)) return Optional.empty();
      AlertStanding opened = new AlertStanding(nowMinute, 0);
      store.put(key, opened.toBytes());
      return Optional.of(alert(AlertState.OPENED, detector, slice, opened, seen, nowMinute));
    }
    boolean calm = seen.isEmpty() || seen.get().reading().value() <= detector.limit(rules) / 2;
    AlertStanding next = new AlertStanding(standing.openedMinute(), calm ? standing.calm() + 1 : 0);
    if (next.calm() < rules.calm()) {
      if (!next.equals(standing)) store.put(key, next.toBytes());
      return Optional.empty();
    }
    store.delete(key);
    return Optional.of(alert(AlertState.CLOSED, detector, slice, standing, seen, nowMinute));
  }

  private record Seen(Reading reading, WindowKind window) {}

  /** A window and the rest of the week. */
  private record Pair(WindowKind kind, Tally recent, Tally reference) {}

  private static List<Pair> pairs(SlicePanes panes) {
    Tally week = panes.window(WindowKind.SEVEN_DAYS);
    List<Pair> pairs = new ArrayList<>();
    for (WindowKind kind : WINDOWS) {
      Tally recent = panes.window(kind);
      Tally reference = week.copy();
      reference.subtract(recent);
      pairs.add(new Pair(kind, recent, reference));
    }
    return pairs;
  }

  private Optional<Seen> read(Detector detector, List<Pair> pairs) {
    for (Pair pair : pairs) {
      Optional<Reading> reading = detector.read(pair.recent(), pair.reference(), rules.error());
      if (reading.isPresent() && reading.get().n() >= rules.minimum()) {
        return Optional.of(new Seen(reading.get(), pair.kind()));
      }
    }
    return Optional.empty();
  }

  private Alert alert(AlertState state, Detector detector, SliceKey slice, AlertStanding standing, Optional<Seen> seen,
      long nowMinute) {
    Optional<Reading> reading = seen.map(Seen::reading);
    double limit = detector.limit(rules);
    String what = seen.map(s -> detector.message(s.reading(), s.window().wireName(), limit))
        .orElse("fewer than " + rules.minimum() + " answers to judge " + detector.name() + " by");
    return Alert.newBuilder()
        .setAlertId(Keys.encode(detector.name(), slice.tenant(), slice.domain(), slice.modelVersion(),
            slice.policyVersion(), slice.estimator(), Long.toString(standing.openedMinute())))
        .setState(state)
        .setTenant(slice.tenant())
        .setDomain(slice.domain())
        .setModelVersion(slice.modelVersion())
        .setMetric(detector.name() + seen.map(s -> " " + s.window().wireName()).orElse(""))
        .setValue(reading.map(Reading::value).orElse(null))
        .setLow(reading.map(Reading::low).orElse(null))
        .setHigh(reading.map(Reading::high).orElse(null))
        .setN(reading.map(Reading::n).orElse(0L))
        .setLimit(limit)
        .setMessage(state == AlertState.OPENED ? what : "over: " + what)
        .setAt(Grading.instant(TimeUnit.MINUTES.toMicros(nowMinute)))
        .build();
  }
}
