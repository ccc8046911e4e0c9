package dev.nescio.dashboard;

import dev.nescio.schemas.Calibrator;
import java.util.Map;
import java.util.TreeMap;

/**
 * A fitted map from raw score to confidence, and the threshold when one could be fitted.
 *
 * @param tau flag when the score is above it; absent without a threshold
 */
public record CalibratorView(
    String tenant,
    String domain,
    String modelVersion,
    String estimator,
    String version,
    String method,
    Map<String, Double> parameters,
    String thresholdScore,
    Double tau,
    String target,
    Double alpha,
    long n,
    long correct,
    Map<String, Double> figures,
    String grader,
    Long fittedAtMicros,
    String fittedBy) {

  static CalibratorView of(Calibrator c) {
    var threshold = c.getThreshold();
    return new CalibratorView(
        c.getTenant(),
        c.getDomain(),
        c.getModelVersion(),
        c.getEstimator(),
        c.getVersion(),
        c.getMethod(),
        new TreeMap<>(c.getParameters()),
        threshold == null ? null : threshold.getScore().name(),
        threshold == null ? null : threshold.getTau(),
        threshold == null ? null : threshold.getTarget().name(),
        threshold == null ? null : threshold.getAlpha(),
        c.getN(),
        c.getCorrect(),
        new TreeMap<>(c.getFigures()),
        c.getGrader(),
        Times.micros(c.getFittedAt()),
        c.getFittedBy().name());
  }
}
