package dev.nescio.evaluation;

/** What changed in one slice for the answers of one minute. Mutable while it is gathered. */
final class SliceDelta {

  private final long minute;
  private final Tally difference;
  private CalibratorSeen calibrator = CalibratorSeen.NONE;

  SliceDelta(long minute) {
    this(minute, new Tally());
  }

  private SliceDelta(long minute, Tally difference) {
    this.minute = minute;
    this.difference = difference;
  }

  /** Minutes since 1970 of the answers' own time. */
  long minute() {
    return minute;
  }

  /** What to merge into the panes; counts may be negative. */
  Tally difference() {
    return difference;
  }

  CalibratorSeen calibrator() {
    return calibrator;
  }

  void add(Contribution contribution) {
    difference.add(contribution);
    String version = contribution.answer().calibratorVersion();
    if (version != null) calibrator = calibrator.and(new CalibratorSeen(contribution.answer().answeredAt(), version));
  }

  void remove(Contribution contribution) {
    difference.remove(contribution);
  }

  /** This one, with another of the same minute merged in. */
  SliceDelta and(SliceDelta other) {
    difference.merge(other.difference);
    calibrator = calibrator.and(other.calibrator);
    return this;
  }

  void write(FieldWriter out) {
    out.number(minute);
    difference.write(out);
    calibrator.write(out);
  }

  static SliceDelta read(FieldReader in) {
    SliceDelta delta = new SliceDelta(in.number(), Tally.read(in));
    delta.calibrator = CalibratorSeen.read(in);
    return delta;
  }
}
