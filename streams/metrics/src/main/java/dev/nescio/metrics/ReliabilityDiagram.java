package dev.nescio.metrics;

import dev.nescio.metrics.ReliabilityCells.Bins;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** Confidence against accuracy, bin by bin. */
public final class ReliabilityDiagram {

  private ReliabilityDiagram() {}

  /**
   * Right-closed bins of equal width over all labelled answers with a confidence; see
   * {@link #of(CalibrationSummary, int, Population)}.
   */
  public static List<Bin> of(CalibrationSummary summary, int bins) {
    return of(summary, bins, Population.ALL);
  }

  /**
   * Right-closed bins of equal width, the first with 0, ascending; empty bins too.
   *
   * @param bins a divisor of 60
   * @throws IllegalArgumentException for any other number
   */
  public static List<Bin> of(CalibrationSummary summary, int bins, Population population) {
    Bins sums = summary.view(population).cells().bins(bins);
    List<Bin> diagram = new ArrayList<>(bins);
    for (int m = 0; m < bins; m++) {
      OptionalDouble mean =
          sums.n()[m] == 0 ? OptionalDouble.empty() : OptionalDouble.of(sums.meanConfidence(m));
      diagram.add(new Bin(m / (double) bins, (m + 1) / (double) bins, sums.n()[m], sums.correct()[m], mean));
    }
    return List.copyOf(diagram);
  }

  /**
   * @param lower          open lower edge, closed for the first bin
   * @param upper          closed upper edge
   * @param n              answers
   * @param correct        of these correct
   * @param meanConfidence in [lower, upper]; empty for an empty bin
   */
  public record Bin(double lower, double upper, long n, long correct, OptionalDouble meanConfidence) {}
}
