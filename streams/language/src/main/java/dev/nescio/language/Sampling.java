package dev.nescio.language;

/**
 * How a token is drawn: logits of tokens that stand in the prompt or in the text so far are weakened by the repetition
 * penalty, all are divided by the temperature, then cut to the {@code topK} best, then to the smallest set that holds
 * {@code topP} of the mass, then to those at least {@code minP} times as likely as the best. Reported log-probabilities
 * are never changed by this.
 *
 * @param temperature       0 for the most likely token, else above 0
 * @param topK              0 for no limit
 * @param topP              in (0, 1]; 1 for no limit
 * @param minP              in [0, 1]; 0 for no limit
 * @param repetitionPenalty above 0; 1 for none. A positive logit is divided by it, a negative one multiplied
 */
public record Sampling(double temperature, int topK, double topP, double minP, double repetitionPenalty) {

  /** The most likely token; ties go to the lower id. */
  public static final Sampling GREEDY = new Sampling(0, 0, 1);

  public Sampling {
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException("temperature must be 0 or above, is " + temperature);
    }
    if (topK < 0) throw new IllegalArgumentException("topK must be 0 or above, is " + topK);
    if (!(topP > 0 && topP <= 1)) throw new IllegalArgumentException("topP must be in (0, 1], is " + topP);
    if (!(minP >= 0 && minP <= 1)) throw new IllegalArgumentException("minP must be in [0, 1], is " + minP);
    if (!(repetitionPenalty > 0) || Double.isInfinite(repetitionPenalty)) {
      throw new IllegalArgumentException("repetitionPenalty must be above 0, is " + repetitionPenalty);
    }
  }

  /** Without minimum probability and repetition penalty. */
  public Sampling(double temperature, int topK, double topP) {
    this(temperature, topK, topP, 0, 1);
  }

  /** True when the best token is taken and nothing is drawn; a repetition penalty may still change which is best. */
  public boolean isGreedy() {
    return temperature == 0;
  }

  /** True when what the sequence holds already changes the choice. */
  public boolean penalises() {
    return repetitionPenalty != 1;
  }

  /** True when the model's most likely token is always taken: greedy and without penalty. */
  public boolean isArgmax() {
    return isGreedy() && !penalises();
  }
}
