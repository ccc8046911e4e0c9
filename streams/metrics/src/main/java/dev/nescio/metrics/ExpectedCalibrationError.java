package dev.nescio.metrics;

import dev.nescio.metrics.ReliabilityCells.Bins;
import java.util.Optional;

/**
 * Expected calibration error: {@code sum_m (n_m / n) |acc_m - conf_m|} over bins of equal width, closed as the edge
 * rule in the name says. In [0, 1], lower is better; above 0 even for a calibrated model (see {@link
 * CalibrationNoiseFloor}).
 *
 * <p>Interval: value plus 1.96 standard errors above; below, 1.96 standard errors and the bias of an absolute value are
 * taken off. Both are upper bounds, from the variance of the signed gaps ({@link GapSpread}).
 *
 * <p>Source: Naeini, Cooper and Hauskrecht 2015; Guo et al. 2017 (arXiv 1706.04599), equation 3.
 */
public final class ExpectedCalibrationError extends CalibrationMetric {

  private final int bins;
  private final EdgeRule edges;

  ExpectedCalibrationError(int bins, EdgeRule edges, Population population, String grader) {
    super(MetricNames.of("ece:bins=" + bins + ":edges=" + edges.label(), population, grader),
        Direction.LOWER_IS_BETTER, population);
    this.bins = bins;
    this.edges = edges;
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    ReliabilityCells cells = tally.cells();
    if (edges == EdgeRule.LEFT && !cells.knowsEdges()) return Optional.empty();
    Bins b = (edges == EdgeRule.LEFT ? cells.leftClosedBins(bins) : cells.bins(bins)).occupied();
    long n = b.total();
    if (n == 0) return Optional.empty();
    long gaps = 0;
    for (int m = 0; m < b.count(); m++) gaps += Math.abs(b.excess(m));
    double value = gaps / ((double) n * Observation.ONE);
    return Optional.of(GapSpread.ofAbsolute(value, n, b.n(), b.correct(), b.gaps(), b.shares()));
  }
}
