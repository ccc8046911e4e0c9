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
 * Looks at a slice once a minute and opens and closes alerts. A window needs enough answers; the reference is the rest
 * of the week. An alert opens when any window proves it, so a small fault is found in a day though an hour cannot show
 * it, unless the shortest window is calm. What is over is not opened again by the day that it was in: a longer window
 * counts when it began after the last closing.
 */
final class AlertWatch {

  static final List<WindowKind> WINDOWS =
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
    double limit = detector.limit(rules);
    List<Seen> seen = read(detector, pairs);
    Optional<Seen> latest = seen.stream().findFirst();
    boolean calm = latest.isEmpty() || latest.get().reading().value() <= limit / 2;
    if (!standing.open()) {
      Optional<Seen> proof = seen.stream()
          .filter(s -> s.reading().low() > limit)
          .filter(s -> s == seen.getFirst() || s.window().start(nowMinute) >= standing.since())
          .findFirst();
      if (calm || proof.isEmpty()) return Optional.empty();
      AlertStanding opened = AlertStanding.opened(nowMinute);
      store.put(key, opened.toBytes());
      return Optional.of(alert(AlertState.OPENED, detector, slice, opened, proof, nowMinute));
    }
    AlertStanding next = standing.looked(calm);
    if (next.calm() < rules.calm()) {
      if (!next.equals(standing)) store.put(key, next.toBytes());
      return Optional.empty();
    }
    store.put(key, AlertStanding.closed(nowMinute).toBytes());
    return Optional.of(alert(AlertState.CLOSED, detector, slice, standing, latest, nowMinute));
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

  /** What the windows with enough answers say, the shortest first. */
  private List<Seen> read(Detector detector, List<Pair> pairs) {
    List<Seen> seen = new ArrayList<>();
    for (Pair pair : pairs) {
      detector.read(pair.recent(), pair.reference(), rules.error())
          .filter(reading -> reading.n() >= rules.minimum())
          .ifPresent(reading -> seen.add(new Seen(reading, pair.kind())));
    }
    return seen;
  }

  private Alert alert(AlertState state, Detector detector, SliceKey slice, AlertStanding standing, Optional<Seen> seen,
      long nowMinute) {
    Optional<Reading> reading = seen.map(Seen::reading);
    double limit = detector.limit(rules);
    String what = seen.map(s -> detector.message(s.reading(), s.window().wireName(), limit))
        .orElse("fewer than " + rules.minimum() + " answers to judge " + detector.name() + " by");
    return Alert.newBuilder()
        .setAlertId(Keys.encode(detector.name(), slice.tenant(), slice.domain(), slice.modelVersion(),
            slice.policyVersion(), slice.estimator(), Long.toString(standing.since())))
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
