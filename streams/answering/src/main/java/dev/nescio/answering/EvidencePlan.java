package dev.nescio.answering;

import dev.nescio.confidence.ConfidenceEstimator;
import dev.nescio.confidence.Evidence;
import dev.nescio.confidence.EvidenceKey;
import dev.nescio.confidence.EvidenceKey.AnswerSpan;
import dev.nescio.language.Generation;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What has to be gathered about an answer so that every estimator can score it: each piece once, whatever the number of
 * estimators that ask for it. Pieces that nobody gathers stay missing, and their estimators abstain.
 *
 * @param keys union of what the estimators need
 */
record EvidencePlan(Set<EvidenceKey<?>> keys) {

  EvidencePlan {
    keys = Set.copyOf(keys);
  }

  static EvidencePlan of(List<ConfidenceEstimator> estimators) {
    Set<EvidenceKey<?>> keys = new HashSet<>();
    for (ConfidenceEstimator estimator : estimators) keys.addAll(estimator.needs());
    return new EvidencePlan(keys);
  }

  /** The planned pieces that one greedy sequence carries. */
  Evidence gather(Generation.Sequence sequence) {
    Evidence evidence = Evidence.none();
    if (keys.contains(EvidenceKey.ANSWER_SPAN)) {
      evidence = evidence.with(EvidenceKey.ANSWER_SPAN, span(sequence.tokens()));
    }
    if (keys.contains(EvidenceKey.P_IDK) && sequence.pIdk().isPresent()) {
      evidence = evidence.with(EvidenceKey.P_IDK, sequence.pIdk().get());
    }
    return evidence;
  }

  private static AnswerSpan span(List<Generation.Token> tokens) {
    List<Double> logProbs = tokens.stream().map(Generation.Token::logProb).toList();
    List<Double> entropies =
        tokens.stream().map(Generation.Token::entropy).flatMap(Optional::stream).toList();
    // Entropies of some tokens only would shift the rest, so a span has all of them or none.
    return new AnswerSpan(logProbs, entropies.size() == logProbs.size() ? entropies : List.of());
  }
}
