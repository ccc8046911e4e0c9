package dev.nescio.evaluation;

import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.topics.Keys;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Merges differences into panes, and shows each window that changed, at most once in an emit interval. The wall clock
 * lets windows slide and panes close, so they do so on an idle topic too, and looks for alerts once a minute.
 */
final class WindowPanes implements Processor<String, byte[], String, SpecificRecord> {

  static final String PANES = "panes";
  static final String SLICES = "slices";
  static final String ALERTS = "alerts";
  static final String BUFFER = "delta-buffer";

  /** Slices held decoded; the others are read from the store again. */
  private static final int MAX_DECODED = 256;
  /** One turn works about this long at most on closed panes and on windows; what is left is shown next turn. */
  private static final long MAX_TURN_NANOS = 200_000_000;
  /**
   * While differences come, there is a break after a turn of showing or applying of this many times what it took: under
   * overload figures get older, and labels not slower.
   */
  private static final long SHOW_BREAK = 9;
  private static final long APPLY_BREAK = 4;
  /** Applied early when more than this has come, so that memory is bounded. */
  private static final long MAX_BUFFER = 32L << 20;

  private final EvaluationConfig config;
  private final LongSupplier nanos;
  private final int slicesHere;
  private final long closedMinutes;
  private final Snapshots snapshots;

  private final Map<SliceKey, SlicePanes> decoded = new LinkedHashMap<>(16, 0.75f, true);
  private final Set<SliceKey> due = new LinkedHashSet<>();
  /** Slices with differences that were not shown yet. */
  private final Set<SliceKey> touched = new HashSet<>();
  /** Slices that may have a pane which the history topic does not have as it is. */
  private final Set<SliceKey> unpublished = new LinkedHashSet<>();
  /** Of these, those that were not looked at since the clock went on. */
  private final Set<SliceKey> closing = new LinkedHashSet<>();
  /** What each window showed last; a window that is not here shows whatever it has. */
  private final Map<SliceKey, Map<WindowKind, Shown>> shown = new HashMap<>();

  private record Shown(long hash, long end) {}

  private ProcessorContext<String, SpecificRecord> context;
  private PaneStore store;
  private SliceCap cap;
  private DeltaBuffer buffer;
  private long nextApply;
  private long nextShow;
  /** Differences came since the last turn. */
  private boolean busy;
  private AlertWatch alerts;
  private long minute;
  private long closedBefore;

  /** @param nanos tells how long something took: the time of Kafka Streams stands still in a turn */
  WindowPanes(EvaluationConfig config, int partitions, LongSupplier nanos) {
    this.config = config;
    this.nanos = nanos;
    this.slicesHere = Math.ceilDiv(config.maxSlices(), partitions);
    this.closedMinutes = config.horizon().plus(config.slack()).toMinutes();
    this.snapshots = new Snapshots(config.headlineGrader(), config.minLabels());
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecord> context) {
    this.context = context;
    forget();
    store = new PaneStore(context.getStateStore(PANES), context.getStateStore(SLICES));
    buffer = new DeltaBuffer(context.getStateStore(BUFFER));
    alerts = new AlertWatch(config.alerts(), context.getStateStore(ALERTS));
    // Twice as long as an answer can change, since answers may be dated ahead and are counted when they come.
    cap = new SliceCap(slicesHere, context.taskId().partition(), 2 * closedMinutes, store);
    due.addAll(cap.known());
    unpublished.addAll(cap.known());
    minute = store.clock();
    context.schedule(config.emitInterval(), PunctuationType.WALL_CLOCK_TIME, this::tick);
  }

  /** Kafka Streams initialises a processor again when its task failed: what memory has is then of no commit. */
  private void forget() {
    decoded.clear();
    due.clear();
    touched.clear();
    unpublished.clear();
    closing.clear();
    shown.clear();
    nextApply = 0;
    nextShow = 0;
    busy = false;
    closedBefore = 0;
  }

  @Override
  public void process(Record<String, byte[]> record) {
    busy = true;
    advance(context.currentSystemTimeMs());
    buffer.add(record.key(), record.value());
    if (buffer.bytes() > MAX_BUFFER) apply();
  }

  private void apply() {
    long from = nanos.getAsLong();
    buffer.take().forEach((key, byMinute) -> {
      SliceKey slice = cap.admitted(key, minute);
      panes(slice).apply(byMinute.values(), minute);
      due.add(slice);
      touched.add(slice);
      unpublished.add(slice);
    });
    nextApply = context.currentSystemTimeMs() + millisAfter(from, 1 + APPLY_BREAK);
  }

  private void tick(long nowMillis) {
    advance(nowMillis);
    if (!buffer.isEmpty() && (nowMillis >= nextApply || !busy)) apply();
    close(nowMillis);
    if (nowMillis >= nextShow || !busy) showSome(nowMillis);
    busy = false;
  }

  private void showSome(long nowMillis) {
    long from = nanos.getAsLong();
    each(closing, slice -> publish(slice, nowMillis));
    each(due, slice -> show(slice, nowMillis));
    nextShow = nowMillis + millisAfter(from, 1 + SHOW_BREAK);
  }

  private long millisAfter(long from, long times) {
    return TimeUnit.NANOSECONDS.toMillis(times * (nanos.getAsLong() - from));
  }

  /** Takes out one after the other, until there are none or a turn is over. */
  private void each(Set<SliceKey> slices, Consumer<SliceKey> work) {
    long from = nanos.getAsLong();
    for (Iterator<SliceKey> next = slices.iterator();
        next.hasNext() && nanos.getAsLong() - from <= MAX_TURN_NANOS;) {
      work.accept(next.next());
      next.remove();
    }
  }

  private void show(SliceKey slice, long nowMillis) {
    SlicePanes panes = panes(slice);
    long allTime = panes.labelled();
    panes.advance(minute);
    if (panes.atRest()) cap.rest(slice);
    Map<WindowKind, Shown> last = shown.computeIfAbsent(slice, ignored -> new EnumMap<>(WindowKind.class));
    // A difference may be about the time that a window has just left, so the window is shown again with its new bounds;
    // on an idle slice only another content is news.
    boolean news = touched.remove(slice);
    for (WindowKind kind : WindowKind.values()) {
      Tally tally = panes.window(kind);
      Shown next = new Shown(Hashes.of(tally.toBytes()), kind.end(minute));
      Shown before = last.get(kind);
      if (before != null && before.hash() == next.hash() && (!news || before.end() == next.end())) continue;
      last.put(kind, next);
      CalibrationSnapshot live = snapshots.window(slice, kind, minute, tally, panes.calibrator(), allTime,
          Instant.ofEpochMilli(nowMillis));
      context.forward(new Record<>(Keys.sliceAndWindow(live), live, nowMillis));
    }
  }

  /** Once a minute, panes close. */
  private void close(long nowMillis) {
    long closed = Differences.minute(TimeUnit.MILLISECONDS.toMicros(nowMillis - config.paneGrace().toMillis()));
    if (closed <= closedBefore) return;
    closedBefore = closed;
    closing.addAll(unpublished);
    watch(nowMillis);
  }

  /** The panes that closed or, being closed, changed. */
  private void publish(SliceKey slice, long nowMillis) {
    SlicePanes panes = panes(slice);
    panes.closedBefore(closedBefore).forEach((start, tally) -> {
      CalibrationSnapshot pane = snapshots.pane(slice, start, tally, panes.calibrator(), panes.labelled(),
          Instant.ofEpochMilli(nowMillis));
      context.forward(new Record<>(Keys.slice(pane), pane, nowMillis));
    });
    if (!panes.hasUnpublished()) unpublished.remove(slice);
  }

  /** Only a few slices are watched, so the others cost nothing here. */
  private void watch(long nowMillis) {
    for (SliceKey slice : cap.known()) {
      if (!config.alerts().watches(slice)) continue;
      alerts.look(panes(slice), minute)
          .forEach(alert -> context.forward(new Record<>(alert.getAlertId(), alert, nowMillis)));
    }
  }

  /** Time goes forward only, also over a restart on a machine whose clock is behind. */
  private void advance(long nowMillis) {
    long now = Differences.minute(TimeUnit.MILLISECONDS.toMicros(nowMillis));
    if (now <= minute) return;
    if (TimeUnit.MINUTES.toDays(now) > TimeUnit.MINUTES.toDays(minute)) cap.forget(now);
    minute = now;
    store.clock(minute);
    due.addAll(cap.awake());
  }

  private SlicePanes panes(SliceKey slice) {
    SlicePanes panes = decoded.computeIfAbsent(slice, key -> new SlicePanes(key, store, closedMinutes, minute));
    if (decoded.size() > MAX_DECODED) {
      Iterator<SliceKey> eldest = decoded.keySet().iterator();
      eldest.next();
      eldest.remove();
    }
    return panes;
  }
}
