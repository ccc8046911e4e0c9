package dev.nescio.evaluation;

import dev.nescio.metrics.ReliabilityDiagram;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Confidences that do not mean what they say: the expected calibration error over ten bins, less what it would be for a
 * calibrated model ({@code E|gap|} of a half-normal gap), or the gap over all answers where that is larger.
 *
 * <p>The bound takes from each bin only the part of its gap that is outside the bounds of its accuracy, at a tenth of
 * the error chance each; it is 0 for most small windows.
 */
final class Miscalibration implements Detector {

  private static final int BINS = 10;

  @Override
  public String name() {
    return "miscalibration";
  }

  @Override
  public double limit(AlertRules rules) {
    return rules.miscalibration();
  }

  @Override
  public Optional<Reading> read(Tally recent, Tally reference, double error) {
    List<ReliabilityDiagram.Bin> bins = ReliabilityDiagram.of(recent.summary(), BINS);
    long n = bins.stream().mapToLong(ReliabilityDiagram.Bin::n).sum();
    if (n == 0) return Optional.empty();
    double excess = 0;
    double certain = 0;
    double possible = 0;
    double confidences = 0;
    double correct = 0;
    for (ReliabilityDiagram.Bin bin : bins) {
      if (bin.n() == 0) continue;
      double confidence = bin.meanConfidence().orElseThrow();
      Gap gap = Gap.of(bin.correct(), bin.n(), confidence, error / (4 * BINS));
      double noise = Math.sqrt(2 * confidence * (1 - confidence) / (Math.PI * bin.n()));
      double weight = bin.n() / (double) n;
      excess += weight * (gap.value() - noise);
      certain += weight * gap.low();
      possible += weight * gap.high();
      confidences += weight * confidence;
      correct += bin.correct();
    }
    Gap all = Gap.of(correct, n, confidences, error / 4);
    return Optional.of(new Reading(Math.max(Math.max(0, excess), all.value()), Math.max(certain, all.low()),
        Math.max(possible, all.high()), n));
  }

  @Override
  public String message(Reading reading, String window, double limit) {
    return String.format(Locale.ROOT, "confidences are off by %.3f (at least %.3f, limit %.3f) over %d answers of %s",
        reading.value(), reading.low(), limit, reading.n(), window);
  }

  /** Between accuracy and mean confidence, as a distance. */
  private record Gap(double value, double low, double high) {

    static Gap of(double correct, long n, double confidence, double error) {
      double accuracy = correct / n;
      double least = MeanBounds.lower(accuracy, n, error);
      double most = MeanBounds.upper(accuracy, n, error);
      return new Gap(Math.abs(accuracy - confidence), Math.max(0, Math.max(least - confidence, confidence - most)),
          Math.max(Math.abs(least - confidence), Math.abs(most - confidence)));
    }
  }
}
