package dev.nescio.evaluation;

/**
 * The newest calibrator on an answer.
 *
 * @param answeredAt when that answer was made, microseconds since 1970; {@link Long#MIN_VALUE} when none was seen
 * @param version    of the calibrator, null when none was seen
 */
record CalibratorSeen(long answeredAt, String version) {

  static final CalibratorSeen NONE = new CalibratorSeen(Long.MIN_VALUE, null);

  CalibratorSeen and(CalibratorSeen other) {
    if (answeredAt != other.answeredAt) return answeredAt > other.answeredAt ? this : other;
    if (version == null || other.version == null) return version == null ? other : this;
    return version.compareTo(other.version) >= 0 ? this : other;
  }

  void write(FieldWriter out) {
    out.fixed(answeredAt).optionalText(version);
  }

  static CalibratorSeen read(FieldReader in) {
    return new CalibratorSeen(in.fixed(), in.optionalText());
  }
}
