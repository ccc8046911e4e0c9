package dev.nescio.language;

/**
 * How a token is drawn: logits are divided by the temperature, then cut to the {@code topK} best, then to the smallest
 * set that holds {@code topP} of the mass. Reported log-probabilities are never changed by this.
 *
 * @param temperature 0 for the most likely token, else above 0
 * @param topK        0 for no limit
 * @param topP        in (0, 1]; 1 for no limit
 */
public record Sampling(double temperature, int topK, double topP) {

  /** The most likely token; ties go to the lower id. */
  public static final Sampling GREEDY = new Sampling(0, 0, 1);

  public Sampling {
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException("temperature must be 0 or above, is " + temperature);
    }
    if (topK < 0) throw new IllegalArgumentException("topK must be 0 or above, is " + topK);
    if (!(topP > 0 && topP <= 1)) throw new IllegalArgumentException("topP must be in (0, 1], is " + topP);
  }

  public boolean isGreedy() {
    return temperature == 0;
  }
}
