package dev.nescio.answering;

import dev.nescio.confidence.ConfidenceEstimator;
import dev.nescio.confidence.Evidence;
import dev.nescio.confidence.EvidenceKey;
import dev.nescio.confidence.Score;
import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From what a model wrote to raw scores: gathers the evidence that the estimators need, each piece once, and asks them.
 *
 * <p>Models and servers differ in what they tell. An estimator whose evidence this one does not give abstains, and the
 * reason names the piece and what the model lacks; nothing is put in its place. Thread-safe.
 */
public final class Assessor {

  private static final Logger log = LoggerFactory.getLogger(Assessor.class);

  private final List<ConfidenceEstimator> estimators;
  private final EvidencePlan plan;

  /**
   * @param available evidence that the model gives
   * @throws IllegalArgumentException if two estimators share a name
   */
  public Assessor(Set<EvidenceKind> available, List<ConfidenceEstimator> estimators) {
    this.estimators = List.copyOf(estimators);
    this.plan = EvidencePlan.of(this.estimators, available);
    requireDistinctNames(this.estimators);
  }

  /** A sequence of a generation, with what each estimator says of it. */
  public Draft assess(Generation generation, Generation.Sequence sequence) {
    Evidence evidence = plan.gather(sequence);
    Map<String, Score> scores = new LinkedHashMap<>();
    for (ConfidenceEstimator estimator : estimators) scores.put(estimator.name(), score(estimator, evidence));
    return new Draft(
        sequence.text().strip(), sequence, scores, sequence.pIdk(), sequence.emittedIdk(),
        generation.promptTokens(), generation.cachedPromptTokens());
  }

  /** One broken estimator must not cost the answer: it abstains, and the reason stands on the answer. */
  private Score score(ConfidenceEstimator estimator, Evidence evidence) {
    for (EvidenceKey<?> key : estimator.needs()) {
      if (evidence.get(key).isEmpty()) return Score.abstain(plan.missing(key));
    }
    try {
      return estimator.score(evidence);
    } catch (RuntimeException e) {
      log.warn("estimator {} failed and abstains", estimator.name(), e);
      return Score.abstain("failed: " + e);
    }
  }

  private static void requireDistinctNames(List<ConfidenceEstimator> estimators) {
    Set<String> names = new HashSet<>();
    for (ConfidenceEstimator estimator : estimators) {
      if (!names.add(estimator.name())) {
        throw new IllegalArgumentException("two estimators are named " + estimator.name());
      }
    }
  }
}
