package dev.nescio.evaluation;

/** What changed in one slice for the answers of one minute. Mutable while it is gathered. */
final class SliceDelta {

  private static final int VERSION = 1;

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

  byte[] toBytes() {
    FieldWriter out = new FieldWriter().version(VERSION).number(minute);
    difference.write(out);
    calibrator.write(out);
    return out.toBytes();
  }

  static SliceDelta fromBytes(byte[] bytes) {
    FieldReader in = new FieldReader(bytes);
    in.version("slice delta", VERSION);
    SliceDelta delta = new SliceDelta(in.number(), Tally.read(in));
    delta.calibrator = CalibratorSeen.read(in);
    return delta;
  }
}
