package dev.nescio.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How many answers have a label, and how long it took: what every other figure of a window depends on. */
public final class LabelMetrics {

  /** Share of answers with a label. */
  public static final String COVERAGE = "label_coverage";
  /** Delay in seconds; followed by the quantile. */
  public static final String DELAY = "label_delay_seconds:quantile=";

  private static final List<String> QUANTILES = List.of("0.5", "0.9", "0.99");

  private LabelMetrics() {}

  /**
   * Every figure of labels.
   *
   * @param answers  answers that could have a label, at least {@code labelled}
   * @param labelled of these with one
   * @param delays   of the labels that have a delay
   */
  public static List<NamedEstimate> of(long answers, long labelled, DelayHistogram delays) {
    List<NamedEstimate> all = new ArrayList<>();
    all.add(new NamedEstimate(COVERAGE, Direction.HIGHER_IS_BETTER, CalibrationMetric.share(labelled, answers)));
    for (String quantile : QUANTILES) {
      all.add(new NamedEstimate(
          DELAY + quantile, Direction.LOWER_IS_BETTER, delayQuantile(delays, Double.parseDouble(quantile))));
    }
    return List.copyOf(all);
  }

  /**
   * The delay in seconds within which this share of the labels came: the upper edge of the cell of the label with rank
   * {@code ceil(q n)}, so at most a sixteenth too long. Empty without labels.
   *
   * <p>Interval: from the lower edge of rank {@code n q - z sqrt(n q (1 - q))} to the upper edge of
   * {@code n q + z sqrt(n q (1 - q)) + 1}, the distribution-free interval of order statistics with the normal
   * approximation of the binomial; cut at the shortest and the longest.
   *
   * @param q in (0, 1)
   */
  public static Optional<Estimate> delayQuantile(DelayHistogram delays, double q) {
    if (!(q > 0 && q < 1)) throw new IllegalArgumentException("a quantile is in (0, 1), not " + q);
    long n = delays.n();
    if (n == 0) return Optional.empty();
    double half = Intervals.Z * Math.sqrt(n * q * (1 - q));
    long rank = Math.clamp((long) Math.ceil(n * q - 1e-9), 1, n);
    long low = Math.clamp((long) Math.floor(n * q - half), 1, n);
    long high = Math.clamp((long) Math.ceil(n * q + half + 1), 1, n);
    return Optional.of(new Estimate(delays.upperEdge(rank) / 1e3, n,
        delays.lowerEdge(low) / 1e3, delays.upperEdge(high) / 1e3));
  }
}
