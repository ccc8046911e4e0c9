package dev.nescio.metrics;

import dev.nescio.metrics.ReliabilityCells.Bins;
import java.util.Optional;

/**
 * Resolution part of the Brier score: {@code sum_m (n_m / n) (acc_m - acc)²} over ten right-closed bins of equal width:
 * how far the bins tell answers apart. In [0, .25], higher is better; see {@link MurphyReliability}.
 *
 * <p>Interval: normal for the sum of squares, whose bias is taken off below.
 *
 * <p>Source: Murphy 1973.
 */
public final class MurphyResolution extends CalibrationMetric {

  MurphyResolution(Population population, String grader) {
    super(MetricNames.of(MetricNames.MURPHY_RESOLUTION, population, grader), Direction.HIGHER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    Bins b = tally.cells().bins(MurphyReliability.BINS).occupied();
    long n = b.total();
    if (n == 0) return Optional.empty();
    double accuracy = b.totalCorrect() / (double) n;
    double[] distance = new double[b.count()];
    for (int m = 0; m < distance.length; m++) distance[m] = b.correct()[m] / (double) b.n()[m] - accuracy;
    return Optional.of(GapSpread.ofSquares(n, b.n(), b.correct(), distance, b.shares()));
  }
}
