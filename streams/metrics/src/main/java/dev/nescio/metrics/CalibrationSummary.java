package dev.nescio.metrics;

import java.util.Arrays;

/**
 * Everything the metrics of calibration and abstention are computed from, of bounded size: at most four groups
 * (answered or {@code IDK}, audited or not), each with 60 reliability cells and two rank grids, all of them sparse.
 *
 * <p>It is linear: adding, removing and merging commute exactly, {@link #subtract} included, so it may also hold a
 * <em>difference</em> with negative counts, to be merged elsewhere. Asking a difference for metrics is refused.
 *
 * <p>Not thread-safe.
 */
public final class CalibrationSummary implements Summary<CalibrationSummary> {

  /** First byte of the byte form; a reader refuses versions that it does not know. */
  static final int VERSION = 2;

  private static final int GROUPS = 4;

  /** By {@link #group}; null where nothing was observed. */
  private final Tally[] groups = new Tally[GROUPS];

  /** Merged groups by population, until the next change. */
  private final Tally[] views = new Tally[Population.values().length];

  @Override
  public void add(Observation observation) {
    change(observation, 1);
  }

  @Override
  public void remove(Observation observation) {
    change(observation, -1);
  }

  @Override
  public void merge(CalibrationSummary other) {
    merge(other, 1);
  }

  /** Takes out everything that the other summary holds. */
  public void subtract(CalibrationSummary other) {
    merge(other, -1);
  }

  /** True when it holds nothing: as new, or everything added was removed. */
  public boolean isEmpty() {
    return Arrays.stream(groups).allMatch(group -> group == null || group.isEmpty());
  }

  /** An independent copy. */
  public CalibrationSummary copy() {
    CalibrationSummary copy = new CalibrationSummary();
    copy.merge(this);
    return copy;
  }

  /** The four outcomes of a population. */
  public OutcomeCounts outcomes(Population population) {
    long[] counts = new long[4];
    for (int g = 0; g < GROUPS; g++) {
      boolean idk = idk(g);
      if (groups[g] == null || !population.includes(idk, audited(g))) continue;
      counts[idk ? 0 : 2] += groups[g].correct();
      counts[idk ? 1 : 3] += groups[g].incorrect();
    }
    return new OutcomeCounts(counts[0], counts[1], counts[2], counts[3]);
  }

  /** The four outcomes of all labelled answers. */
  public OutcomeCounts outcomes() {
    return outcomes(Population.ALL);
  }

  /** Labelled answers with a confidence. */
  public long calibrated() {
    return view(Population.ALL).cells().bins(1).total();
  }

  /**
   * The merged groups of a population, to be read only.
   *
   * @throws IllegalStateException for a difference
   */
  Tally view(Population population) {
    Tally view = views[population.ordinal()];
    if (view == null) {
      view = new Tally();
      for (int g = 0; g < GROUPS; g++) {
        if (groups[g] != null && population.includes(idk(g), audited(g))) view.merge(groups[g], 1);
      }
      if (view.hasNegative()) {
        throw new IllegalStateException(
            "this summary is a difference with negative counts; merge it before it is read");
      }
      views[population.ordinal()] = view;
    }
    return view;
  }

  /** The canonical byte form: equal states have equal bytes, and the bytes of an old version stay readable. */
  public byte[] toBytes() {
    ByteWriter out = new ByteWriter();
    out.unsigned(VERSION);
    int present = 0;
    for (int g = 0; g < GROUPS; g++) {
      if (groups[g] != null && !groups[g].isEmpty()) present |= 1 << g;
    }
    out.unsigned(present);
    for (int g = 0; g < GROUPS; g++) {
      if ((present & 1 << g) != 0) groups[g].write(out);
    }
    return out.toBytes();
  }

  /**
   * Reads {@link #toBytes}.
   *
   * @throws IllegalArgumentException with the position, when the bytes are no summary or of an unknown version
   */
  public static CalibrationSummary fromBytes(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    long version = in.unsigned();
    if (version < 1 || version > VERSION) {
      throw new IllegalArgumentException(
          "a summary of version " + version + "; this program reads versions 1 to " + VERSION);
    }
    long present = in.unsigned();
    if (present >>> GROUPS != 0) throw in.malformed("more than " + GROUPS + " groups");
    CalibrationSummary summary = new CalibrationSummary();
    for (int g = 0; g < GROUPS; g++) {
      if ((present & 1 << g) == 0) continue;
      summary.groups[g] = new Tally();
      summary.groups[g].read(in, version);
    }
    in.expectEnd();
    return summary;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CalibrationSummary that && Arrays.equals(toBytes(), that.toBytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(toBytes());
  }

  @Override
  public String toString() {
    return "CalibrationSummary" + Arrays.toString(Arrays.stream(groups)
        .mapToLong(group -> group == null ? 0 : group.correct() + group.incorrect()).toArray());
  }

  private void change(Observation o, int sign) {
    at(group(o.idk(), o.audited())).add(o, sign);
    Arrays.fill(views, null);
  }

  private void merge(CalibrationSummary other, int sign) {
    if (other == this) other = copy();
    for (int g = 0; g < GROUPS; g++) {
      if (other.groups[g] != null) at(g).merge(other.groups[g], sign);
    }
    Arrays.fill(views, null);
  }

  private Tally at(int group) {
    if (groups[group] == null) groups[group] = new Tally();
    return groups[group];
  }

  private static int group(boolean idk, boolean audited) {
    return (idk ? 1 : 0) + (audited ? 2 : 0);
  }

  private static boolean idk(int group) {
    return (group & 1) != 0;
  }

  private static boolean audited(int group) {
    return (group & 2) != 0;
  }
}
