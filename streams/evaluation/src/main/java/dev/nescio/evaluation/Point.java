package dev.nescio.evaluation;

import java.util.OptionalInt;

/**
 * One labelled answer for the fit of a calibrator.
 *
 * @param answerId     whose
 * @param modelVersion for people; the digest is in the key
 * @param answeredAt   microseconds since 1970
 * @param raw          score of the headline estimator, finite
 * @param pIdk         units of 10⁻⁹
 * @param correct      the verdict in force
 */
record Point(String answerId, String modelVersion, long answeredAt, double raw, OptionalInt pIdk, boolean correct) {

  /** Null when the answer cannot be fitted on: no verdict, or no score. */
  static Point of(Contribution c) {
    AnswerFacts answer = c.answer();
    if (c.correct() == null || answer.rawScore().isEmpty()) return null;
    return new Point(answer.answerId(), answer.origin().modelVersion(), answer.answeredAt(),
        answer.rawScore().getAsDouble(), answer.pIdk(), c.correct());
  }

  void write(FieldWriter out) {
    out.text(answerId).text(modelVersion).number(answeredAt).fixed(Double.doubleToLongBits(raw)).optionalInt(pIdk)
        .flag(correct);
  }

  static Point read(FieldReader in) {
    return new Point(in.text(), in.text(), in.number(), Double.longBitsToDouble(in.fixed()), in.optionalInt(),
        in.flag());
  }
}
