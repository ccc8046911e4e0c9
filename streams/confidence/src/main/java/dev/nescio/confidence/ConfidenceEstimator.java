package dev.nescio.confidence;

import java.util.Set;

/** Turns evidence about one answer into a score. Stateless and thread-safe. Higher is more confident. */
public interface ConfidenceEstimator {

  /** Stable id with every parameter that changes the score, for example {@code semantic-entropy:samples=10}. */
  String name();

  /** The evidence that must be there; without it the estimator abstains. */
  Set<EvidenceKey<?>> needs();

  /** Never throws for missing or empty evidence: it abstains with a reason. */
  Score score(Evidence evidence);
}
