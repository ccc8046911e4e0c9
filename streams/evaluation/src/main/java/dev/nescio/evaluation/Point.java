package dev.nescio.evaluation;

import java.util.Comparator;
import java.util.OptionalInt;

/**
 * One labelled answer for the fit of a calibrator.
 *
 * @param answer       64 bits of the hash of the answer's id
 * @param modelVersion for people; the digest is in the key
 * @param answeredAt   microseconds since 1970
 * @param raw          score of the headline estimator, finite
 * @param pIdk         units of 10⁻⁹
 * @param correct      the verdict in force
 */
record Point(long answer, String modelVersion, long answeredAt, double raw, OptionalInt pIdk, boolean correct) {

  /** By time, the oldest first; always the same order. */
  static final Comparator<Point> BY_TIME = Comparator.comparingLong(Point::answeredAt).thenComparingLong(Point::answer);

  /** Null when the answer cannot be fitted on: no verdict, or no score. */
  static Point of(Contribution c) {
    AnswerFacts answer = c.answer();
    if (c.correct() == null || answer.rawScore().isEmpty()) return null;
    return new Point(Hashes.of(answer.answerId()), answer.origin().modelVersion(), answer.answeredAt(),
        answer.rawScore().getAsDouble(), answer.pIdk(), c.correct());
  }

  /** @param before time of the point that was written before this one */
  void write(FieldWriter out, long before) {
    out.fixed(answer).word(modelVersion).number(answeredAt - before).fixed(Double.doubleToLongBits(raw))
        .optionalInt(pIdk).flag(correct);
  }

  static Point read(FieldReader in, long before) {
    return new Point(in.fixed(), in.word(), before + in.number(), Double.longBitsToDouble(in.fixed()),
        in.optionalInt(), in.flag());
  }
}
