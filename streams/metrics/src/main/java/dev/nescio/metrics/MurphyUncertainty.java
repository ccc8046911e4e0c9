package dev.nescio.metrics;

import dev.nescio.metrics.ReliabilityCells.Bins;
import java.util.Optional;

/**
 * Uncertainty part of the Brier score: {@code acc (1 - acc)} of the answers with a confidence, the Brier score of
 * always saying their accuracy. In [0, .25]; no way is better: see {@link MurphyReliability}.
 *
 * <p>Interval: the values at Wilson's interval of the accuracy, and .25 when one half lies in it.
 *
 * <p>Source: Murphy 1973.
 */
public final class MurphyUncertainty extends CalibrationMetric {

  MurphyUncertainty(Population population, String grader) {
    super(MetricNames.of(MetricNames.MURPHY_UNCERTAINTY, population, grader), Direction.NEITHER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    Bins all = tally.cells().bins(1);
    return share(all.totalCorrect(), all.total()).map(e -> {
      double low = Math.min(at(e.low()), at(e.high()));
      double high = e.low() <= .5 && e.high() >= .5 ? .25 : Math.max(at(e.low()), at(e.high()));
      return Intervals.bounded(at(e.value()), e.n(), low, high);
    });
  }

  private static double at(double accuracy) {
    return accuracy * (1 - accuracy);
  }
}
