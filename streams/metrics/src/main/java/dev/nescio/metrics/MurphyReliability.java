package dev.nescio.metrics;

import dev.nescio.metrics.ReliabilityCells.Bins;
import java.util.Optional;

/**
 * Reliability part of the Brier score: {@code sum_m (n_m / n) (conf_m - acc_m)²} over ten right-closed bins of equal
 * width. In [0, 1], lower is better; the square of {@link RootMeanSquareCalibrationError}.
 *
 * <p>Brier = reliability - resolution + uncertainty, exactly so only where a bin holds one confidence.
 *
 * <p>Interval: normal for the sum of squares, whose bias is taken off below.
 *
 * <p>Source: Murphy 1973.
 */
public final class MurphyReliability extends CalibrationMetric {

  static final int BINS = 10;

  MurphyReliability(Population population, String grader) {
    super(MetricNames.of(MetricNames.MURPHY_RELIABILITY, population, grader), Direction.LOWER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    Bins b = tally.cells().bins(BINS).occupied();
    long n = b.total();
    if (n == 0) return Optional.empty();
    return Optional.of(GapSpread.ofSquares(n, b.n(), b.correct(), b.gaps(), b.shares()));
  }
}
