package dev.nescio.metrics;

import java.util.Optional;

/**
 * Average precision in finding incorrect answers, by rising confidence. In [0, 1], higher is better; by chance it is
 * the share of those answers. On the grid; see {@link AuprcIncorrectGridError}. Empty without any.
 *
 * <p>Interval: normal on the logit scale (Boyd, Eng and Page 2013).
 */
public final class AuprcIncorrect extends CalibrationMetric {

  AuprcIncorrect(Population population, String grader) {
    super(MetricNames.of(MetricNames.AUPRC_INCORRECT, population, grader), Direction.HIGHER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    return AveragePrecision.of(tally.byConfidence().incorrectFromTheBottom());
  }
}
