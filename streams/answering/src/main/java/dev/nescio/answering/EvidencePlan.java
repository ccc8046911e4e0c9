package dev.nescio.answering;

import dev.nescio.confidence.ConfidenceEstimator;
import dev.nescio.confidence.Evidence;
import dev.nescio.confidence.EvidenceKey;
import dev.nescio.confidence.EvidenceKey.AnswerSpan;
import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What has to be gathered about an answer so that every estimator can score it: each piece once, whatever the number of
 * estimators that ask for it. Pieces that nobody gathers stay missing, and their estimators abstain.
 *
 * @param keys      union of what the estimators need
 * @param available what the model gives
 */
record EvidencePlan(Set<EvidenceKey<?>> keys, Set<EvidenceKind> available) {

  /** What a model has to give for a piece to exist. */
  private static final Map<EvidenceKey<?>, EvidenceKind> SOURCES =
      Map.of(EvidenceKey.ANSWER_SPAN, EvidenceKind.TOKEN_LOG_PROBS, EvidenceKey.P_IDK, EvidenceKind.P_IDK);

  EvidencePlan {
    keys = Set.copyOf(keys);
    available = Set.copyOf(available);
  }

  static EvidencePlan of(List<ConfidenceEstimator> estimators, Set<EvidenceKind> available) {
    Set<EvidenceKey<?>> keys = new HashSet<>();
    for (ConfidenceEstimator estimator : estimators) keys.addAll(estimator.needs());
    return new EvidencePlan(keys, available);
  }

  /** Why a piece was not gathered. */
  String missing(EvidenceKey<?> key) {
    EvidenceKind source = SOURCES.get(key);
    return "missing:" + key.name()
        + (source != null && !available.contains(source) ? " (the model gives no " + source + ")" : "");
  }

  /** The planned pieces that one greedy sequence carries. */
  Evidence gather(Generation.Sequence sequence) {
    Evidence evidence = Evidence.none();
    // A server may tell the tokens of some answers only; an answer without tokens is something else.
    boolean told = !sequence.tokens().isEmpty() || sequence.text().isEmpty();
    if (keys.contains(EvidenceKey.ANSWER_SPAN) && available.contains(EvidenceKind.TOKEN_LOG_PROBS) && told) {
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
