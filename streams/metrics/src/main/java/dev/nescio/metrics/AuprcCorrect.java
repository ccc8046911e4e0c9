package dev.nescio.metrics;

import java.util.Optional;

/**
 * Average precision in finding correct answers, by falling confidence. In [0, 1], higher is better; by chance it is
 * the share of those answers. On the grid; see {@link AuprcCorrectGridError}. Empty without any.
 *
 * <p>Interval: normal on the logit scale (Boyd, Eng and Page 2013).
 */
public final class AuprcCorrect extends CalibrationMetric {

  AuprcCorrect(Population population, String grader) {
    super(MetricNames.of(MetricNames.AUPRC_CORRECT, population, grader), Direction.HIGHER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    return AveragePrecision.of(tally.byConfidence().correctFromTheTop());
  }
}
