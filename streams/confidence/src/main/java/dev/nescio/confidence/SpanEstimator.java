package dev.nescio.confidence;

import dev.nescio.confidence.EvidenceKey.AnswerSpan;
import java.util.List;
import java.util.Set;

/** What estimators over the tokens of the shown answer share: they need the span and abstain on an empty one. */
abstract sealed class SpanEstimator implements ConfidenceEstimator
    permits SequenceProbability, LengthNormalisedProbability, MinTokenProbability, MeanTokenEntropy {

  /** Stands when the answer has no token. */
  static final String EMPTY = "empty-answer";

  @Override
  public final Set<EvidenceKey<?>> needs() {
    return Set.of(EvidenceKey.ANSWER_SPAN);
  }

  @Override
  public final Score score(Evidence evidence) {
    return evidence.get(EvidenceKey.ANSWER_SPAN)
        .map(span -> span.logProbs().isEmpty() ? Score.abstain(EMPTY) : ofTokens(span))
        .orElseGet(() -> Score.abstain("missing:" + EvidenceKey.ANSWER_SPAN.name()));
  }

  /** The score of a span with at least one token. */
  abstract Score ofTokens(AnswerSpan span);

  static double sum(List<Double> values) {
    double sum = 0;
    for (double value : values) sum += value;
    return sum;
  }
}
