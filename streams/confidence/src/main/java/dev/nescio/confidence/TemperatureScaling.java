package dev.nescio.confidence;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * {@code 1 / (1 + exp(-logit(s) / T))}: sharpens (T below 1) or flattens (T above 1) a score that is a probability
 * already. It never changes the ranking, and one half stays one half.
 *
 * <p>Total: scores beyond [10⁻⁶, 1 - 10⁻⁶] count as the nearer end. Range: (0, 1), rising with the score.
 *
 * <p>Source: Guo et al. 2017 (arXiv 1706.04599), section 4.2, for two classes.
 *
 * @param temperature T, in [{@value #SMALLEST}, {@value #LARGEST}]; 1 changes nothing
 */
public record TemperatureScaling(double temperature) implements CalibrationMap {

  /** Name of the method in records. */
  public static final String METHOD = "temperature";

  static final double SMALLEST = .01;
  static final double LARGEST = 100;

  private static final MapParameters KEYS = new MapParameters("a temperature map", Set.of("temperature"));
  /** Halvings of the range of ln T: the width falls below 10⁻¹². */
  private static final int HALVINGS = 44;

  public TemperatureScaling {
    if (!(temperature >= SMALLEST && temperature <= LARGEST)) {
      throw new IllegalArgumentException(
          "a temperature is in [" + SMALLEST + ", " + LARGEST + "], not " + temperature);
    }
  }

  /**
   * The temperature of the largest likelihood. The loss is convex in 1/T, so its slope changes sign once.
   *
   * @param raw     probabilities
   * @param correct the verdicts, as many
   */
  static TemperatureScaling fit(double[] raw, boolean[] correct) {
    double[] logits = Arrays.stream(raw).map(Probabilities::logit).toArray();
    double low = Math.log(1 / LARGEST);
    double high = Math.log(1 / SMALLEST);
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (slope(Math.exp(middle), logits, correct) > 0) high = middle;
      else low = middle;
    }
    return new TemperatureScaling(Math.clamp(Math.exp(-(low + high) / 2), SMALLEST, LARGEST));
  }

  /** Derivative of the loss by the inverse temperature. */
  private static double slope(double inverse, double[] logits, boolean[] correct) {
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      double x = logits[i];
      sum += (LogisticFit.sigmoid(inverse * x) - (correct[i] ? 1 : 0)) * x;
    }
    return sum;
  }

  static TemperatureScaling of(Map<String, Double> parameters) {
    KEYS.check(parameters);
    return new TemperatureScaling(KEYS.required(parameters, "temperature"));
  }

  @Override
  public String method() {
    return METHOD;
  }

  @Override
  public Map<String, Double> parameters() {
    return Map.of("temperature", temperature);
  }

  @Override
  public double apply(double raw) {
    return LogisticFit.sigmoid(Probabilities.logit(raw) / temperature);
  }
}
