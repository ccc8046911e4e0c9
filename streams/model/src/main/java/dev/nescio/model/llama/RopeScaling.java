package dev.nescio.model.llama;

/** How a model stretches its rotary embedding beyond the context that it was first trained with. */
public sealed interface RopeScaling {

  /**
   * The inverse frequency to use.
   *
   * @param inverseFrequency theta^(-2 i / D), radians a position
   */
  double scaled(double inverseFrequency);

  /** Nothing is stretched. */
  record None() implements RopeScaling {

    @Override
    public double scaled(double inverseFrequency) {
      return inverseFrequency;
    }
  }

  /**
   * Positions are divided by a factor.
   *
   * @param factor at least 1
   */
  record Linear(double factor) implements RopeScaling {

    public Linear {
      requireFactor(factor);
    }

    @Override
    public double scaled(double inverseFrequency) {
      return inverseFrequency / factor;
    }
  }

  /**
   * Llama 3's: short wavelengths stay, long ones are stretched, those between are blended. Source: transformers,
   * {@code _compute_llama3_parameters}.
   *
   * @param factor          at least 1
   * @param lowFreqFactor   wavelengths above originalContext / lowFreqFactor are stretched whole
   * @param highFreqFactor  those below originalContext / highFreqFactor not at all; above {@code lowFreqFactor}
   * @param originalContext tokens of the first training
   */
  record Llama3(double factor, double lowFreqFactor, double highFreqFactor, int originalContext)
      implements RopeScaling {

    public Llama3 {
      requireFactor(factor);
      if (!(lowFreqFactor > 0) || !(highFreqFactor > lowFreqFactor) || Double.isInfinite(highFreqFactor)) {
        throw new IllegalArgumentException("rope scaling llama3 needs 0 < low_freq_factor < high_freq_factor, has "
            + lowFreqFactor + " and " + highFreqFactor);
      }
      if (originalContext < 1) {
        throw new IllegalArgumentException(
            "original_max_position_embeddings must be at least 1, is " + originalContext);
      }
    }

    @Override
    public double scaled(double inverseFrequency) {
      double wavelength = 2 * Math.PI / inverseFrequency;
      if (wavelength > originalContext / lowFreqFactor) return inverseFrequency / factor;
      if (wavelength < originalContext / highFreqFactor) return inverseFrequency;
      double kept = (originalContext / wavelength - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
      return (1 - kept) * inverseFrequency / factor + kept * inverseFrequency;
    }
  }

  private static void requireFactor(double factor) {
    if (!(factor >= 1) || Double.isInfinite(factor)) {
      throw new IllegalArgumentException("the factor of rope scaling must be at least 1, is " + factor);
    }
  }
}
