package dev.nescio.evaluation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** Panes by slice, resolution and start, in key order so that the panes of a slice are one range. */
final class PaneStore {

  private static final int VERSION = 1;
  private static final String CLOCK = "clock";
  private static final int MAX_ENCODED = 10_000;
  private static final String OVER = "over ";
  /** Slices are JSON arrays; this is the first text after all of them. */
  private static final String AFTER_SLICES = "\\";
  private static final String AFTER_OVER = "over!";

  /**
   * What is kept of a slice beside its panes.
   *
   * @param calibrator  newest on an answer
   * @param unpublished starts of one-minute panes that the history topic does not have as they are
   */
  record Meta(CalibratorSeen calibrator, List<Long> unpublished) {
    static final Meta NONE = new Meta(CalibratorSeen.NONE, List.of());

    Meta(CalibratorSeen calibrator, Collection<Long> unpublished) {
      this(calibrator, List.copyOf(unpublished));
    }
  }

  private final KeyValueStore<String, byte[]> panes;
  private final KeyValueStore<String, byte[]> slices;
  private final Map<SliceKey, String> encoded = new HashMap<>();

  /**
   * @param panes  panes by slice, resolution and start
   * @param slices {@link Meta} by slice, the clock, and the slices over the cap
   */
  PaneStore(KeyValueStore<String, byte[]> panes, KeyValueStore<String, byte[]> slices) {
    this.panes = panes;
    this.slices = slices;
  }

  /** The pane that starts then, or null. */
  Tally pane(SliceKey slice, Resolution resolution, long start) {
    byte[] stored = panes.get(key(slice, resolution, start));
    return stored == null ? null : Tally.fromBytes(stored);
  }

  /** The panes that start in [from, before), in order. */
  void each(SliceKey slice, Resolution resolution, long from, long before, Consumer<Tally> panesInOrder) {
    if (from >= before) return;
    try (KeyValueIterator<String, byte[]> range =
        panes.range(key(slice, resolution, from), key(slice, resolution, before - 1))) {
      while (range.hasNext()) panesInOrder.accept(Tally.fromBytes(range.next().value));
    }
  }

  /** True when a pane is there that starts then or later. */
  boolean anyFrom(SliceKey slice, Resolution resolution, long from) {
    try (KeyValueIterator<String, byte[]> range =
        panes.range(key(slice, resolution, from), key(slice, resolution, Long.MAX_VALUE))) {
      return range.hasNext();
    }
  }

  void put(SliceKey slice, Resolution resolution, long start, Tally pane) {
    panes.put(key(slice, resolution, start), pane.toBytes());
  }

  /** Deletes the panes that start in [from, before). */
  void delete(SliceKey slice, Resolution resolution, long from, long before) {
    List<String> old = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> range =
        panes.range(key(slice, resolution, from), key(slice, resolution, before - 1))) {
      range.forEachRemaining(entry -> old.add(entry.key));
    }
    old.forEach(panes::delete);
  }

  Meta meta(SliceKey slice) {
    byte[] stored = slices.get(encoded(slice));
    if (stored == null) return Meta.NONE;
    FieldReader in = new FieldReader(stored);
    in.version("slice", VERSION);
    CalibratorSeen calibrator = CalibratorSeen.read(in);
    List<Long> unpublished = new ArrayList<>();
    for (int left = in.count(); left > 0; left--) unpublished.add(in.number());
    return new Meta(calibrator, unpublished);
  }

  void put(SliceKey slice, Meta meta) {
    FieldWriter out = new FieldWriter().version(VERSION);
    meta.calibrator().write(out);
    out.number(meta.unpublished().size());
    meta.unpublished().forEach(out::number);
    slices.put(encoded(slice), out.toBytes());
  }

  /** Every slice that is known. */
  List<SliceKey> slices() {
    List<SliceKey> known = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> all = slices.range("[", AFTER_SLICES)) {
      all.forEachRemaining(entry -> known.add(SliceKey.decode(entry.key)));
    }
    return known;
  }

  /** The last minute that a slice was over the cap in; before every minute if it never was. */
  long over(SliceKey slice) {
    byte[] stored = slices.get(OVER + slice.encode());
    return stored == null ? Long.MIN_VALUE : new FieldReader(stored).number();
  }

  void over(SliceKey slice, long minute) {
    slices.put(OVER + slice.encode(), new FieldWriter().number(minute).toBytes());
  }

  /** Forgets the slices that were last over the cap before a minute. */
  void forgetOver(long before) {
    List<String> old = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> over = slices.range(OVER, AFTER_OVER)) {
      over.forEachRemaining(entry -> {
        if (new FieldReader(entry.value).number() < before) old.add(entry.key);
      });
    }
    old.forEach(slices::delete);
  }

  /** The latest minute that was worked with; 0 for none. */
  long clock() {
    byte[] stored = slices.get(CLOCK);
    return stored == null ? 0 : new FieldReader(stored).number();
  }

  void clock(long minute) {
    slices.put(CLOCK, new FieldWriter().number(minute).toBytes());
  }

  /** Sorts by time within a slice and resolution. */
  private String key(SliceKey slice, Resolution resolution, long start) {
    return encoded(slice) + " " + resolution.ordinal() + " " + SortKeys.digits(start);
  }

  /** Encoding one takes longer than looking it up. */
  private String encoded(SliceKey slice) {
    if (encoded.size() >= MAX_ENCODED) encoded.clear();
    return encoded.computeIfAbsent(slice, SliceKey::encode);
  }
}
