package dev.nescio.evaluation;

import dev.nescio.metrics.CalibrationSummary;
import dev.nescio.metrics.DelayHistogram;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Counts and summary of the answers of one pane or window, or the difference between two. Mutable; exact under add,
 * remove and merge in any order.
 */
final class Tally {

  private static final int VERSION = 1;
  private static final Count[] COUNTS = Count.values();

  private final long[] counts;
  private final ConfidenceShape confidences;
  private final DelayHistogram delays;
  private final CalibrationSummary summary;

  Tally() {
    this(new long[COUNTS.length], new ConfidenceShape(), new DelayHistogram(), new CalibrationSummary());
  }

  private Tally(
      long[] counts, ConfidenceShape confidences, DelayHistogram delays, CalibrationSummary summary) {
    this.counts = counts;
    this.confidences = confidences;
    this.delays = delays;
    this.summary = summary;
  }

  long count(Count kind) {
    return counts[kind.ordinal()];
  }

  /** Of all answers, labelled or not. */
  ConfidenceShape confidences() {
    return confidences;
  }

  /** From the answers to the labels in force. */
  DelayHistogram delays() {
    return delays;
  }

  /** Of the labelled answers. */
  CalibrationSummary summary() {
    return summary;
  }

  void add(Contribution contribution) {
    for (Count kind : COUNTS) counts[kind.ordinal()] += kind.of(contribution);
    confidences.add(contribution.answer(), 1);
    if (contribution.delay().isPresent()) delays.add(millis(contribution));
    if (contribution.correct() != null) summary.add(contribution.answer().observation(contribution.correct()));
  }

  /** Takes out what was added here or, in a difference, elsewhere. */
  void remove(Contribution contribution) {
    for (Count kind : COUNTS) counts[kind.ordinal()] -= kind.of(contribution);
    confidences.add(contribution.answer(), -1);
    if (contribution.delay().isPresent()) delays.remove(millis(contribution));
    if (contribution.correct() != null) summary.remove(contribution.answer().observation(contribution.correct()));
  }

  void merge(Tally other) {
    for (int i = 0; i < counts.length; i++) counts[i] += other.counts[i];
    confidences.merge(other.confidences, 1);
    delays.merge(other.delays);
    summary.merge(other.summary);
  }

  /** This one, with the other merged in. */
  Tally and(Tally other) {
    merge(other);
    return this;
  }

  /** Takes out everything that the other holds. */
  void subtract(Tally other) {
    for (int i = 0; i < counts.length; i++) counts[i] -= other.counts[i];
    confidences.merge(other.confidences, -1);
    delays.subtract(other.delays);
    summary.subtract(other.summary);
  }

  boolean isEmpty() {
    return Arrays.stream(counts).allMatch(count -> count == 0) && confidences.isEmpty() && delays.isEmpty()
        && summary.isEmpty();
  }

  Tally copy() {
    DelayHistogram sameDelays = new DelayHistogram();
    sameDelays.merge(delays);
    return new Tally(counts.clone(), confidences.copy(), sameDelays, summary.copy());
  }

  /** Counts by wire name, zero included. */
  Map<String, Long> countsByName() {
    Map<String, Long> byName = new TreeMap<>();
    for (Count kind : COUNTS) byName.put(kind.wireName(), count(kind));
    return byName;
  }

  byte[] toBytes() {
    FieldWriter out = new FieldWriter().version(VERSION);
    write(out);
    return out.toBytes();
  }

  static Tally fromBytes(byte[] bytes) {
    FieldReader in = new FieldReader(bytes);
    in.version("pane", VERSION);
    return read(in);
  }

  private static long millis(Contribution contribution) {
    return TimeUnit.MICROSECONDS.toMillis(contribution.delay().getAsLong());
  }

  void write(FieldWriter out) {
    out.number(counts.length);
    for (long count : counts) out.number(count);
    confidences.write(out);
    out.bytes(delays.toBytes()).bytes(summary.toBytes());
  }

  static Tally read(FieldReader in) {
    long[] counts = new long[COUNTS.length];
    int written = in.count();
    for (int i = 0; i < written; i++) counts[i] = in.number();
    return new Tally(counts, ConfidenceShape.read(in), DelayHistogram.fromBytes(in.bytes()),
        CalibrationSummary.fromBytes(in.bytes()));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tally that && Arrays.equals(counts, that.counts)
        && confidences.equals(that.confidences) && delays.equals(that.delays) && summary.equals(that.summary);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(counts) + summary.hashCode();
  }

  @Override
  public String toString() {
    return countsByName() + " " + summary;
  }
}
