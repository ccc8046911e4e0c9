package dev.nescio.evaluation;

import dev.nescio.evaluation.JoinEffects.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Gathers what changed since the last drain, so that the sums of a second cross the network instead of every label.
 *
 * <p>A commit may fall between two drains, so each change is also written to a store; after a crash the store brings
 * the sums back. Slots are used again and an epoch tells whether a slot counts, so the store stays as small as one
 * second's changes and is never cleared.
 */
final class DeltaJournal {

  /** What was gathered: differences by slice and minute, and points by calibrator key. */
  record Drained(Map<SliceKey, Map<Long, SliceDelta>> deltas, Map<String, List<PointBatch.Step>> points) {}

  private static final int VERSION = 1;
  private static final int EPOCH_SLOT = -1;
  private static final long MICROS_PER_MINUTE = 60_000_000L;

  private final KeyValueStore<Integer, byte[]> store;
  private final Words words;
  private long epoch;
  private int used;
  private Map<SliceKey, Map<Long, SliceDelta>> deltas = new LinkedHashMap<>();
  private Map<String, List<PointBatch.Step>> points = new LinkedHashMap<>();

  /** Reads what was not drained before the last commit. */
  DeltaJournal(KeyValueStore<Integer, byte[]> store, Words words) {
    this.store = store;
    this.words = words;
    byte[] stored = store.get(EPOCH_SLOT);
    if (stored != null) epoch = new FieldReader(stored).number();
    while (recover(store.get(used))) used++;
  }

  /** Changes gathered since the last drain. */
  int size() {
    return used;
  }

  void append(Change change) {
    FieldWriter out = new FieldWriter(words).version(VERSION).number(epoch).flag(change.before() != null);
    if (change.before() != null) change.before().write(out);
    change.after().write(out);
    store.put(used++, out.toBytes());
    gather(change);
  }

  /** Hands out what was gathered and starts anew. */
  Drained drain() {
    Drained drained = new Drained(deltas, points);
    deltas = new LinkedHashMap<>();
    points = new LinkedHashMap<>();
    used = 0;
    epoch++;
    store.put(EPOCH_SLOT, new FieldWriter().number(epoch).toBytes());
    return drained;
  }

  /** The minute of an answer's time. */
  static long minute(long answeredAt) {
    return Math.floorDiv(answeredAt, MICROS_PER_MINUTE);
  }

  private boolean recover(byte[] slot) {
    if (slot == null) return false;
    FieldReader in = new FieldReader(slot, words);
    in.version("journal", VERSION);
    if (in.number() != epoch) return false;
    Contribution before = in.flag() ? Contribution.read(in) : null;
    gather(new Change(before, Contribution.read(in)));
    return true;
  }

  private void gather(Change change) {
    AnswerFacts answer = change.after().answer();
    long minute = minute(answer.answeredAt());
    for (SliceKey slice : SliceKey.of(answer.origin())) {
      SliceDelta delta = deltas.computeIfAbsent(slice, ignored -> new TreeMap<>())
          .computeIfAbsent(minute, SliceDelta::new);
      if (change.before() != null) delta.remove(change.before());
      delta.add(change.after());
    }
    if (change.before() != null) gather(false, change.before());
    gather(true, change.after());
  }

  private void gather(boolean add, Contribution contribution) {
    Point point = Point.of(contribution);
    if (point == null) return;
    Origin origin = contribution.answer().origin();
    for (String key : CalibratorScopes.of(origin)) {
      points.computeIfAbsent(key, ignored -> new ArrayList<>()).add(new PointBatch.Step(add, point));
    }
  }
}
