package dev.nescio.metrics;

/** How a score in units of 10⁻⁹ is put into the cells of a {@link RankGrid}; whole numbers only, and monotone. */
enum RankScale {

  /**
   * 3 840 right-closed cells of equal width, the first with 0; for confidences. They nest in the 60 reliability cells.
   */
  EVEN {
    @Override
    int cell(int units) {
      return units == 0 ? 0 : (int) (((long) units * CELLS - 1) / Observation.ONE);
    }
  },

  /**
   * Cells of equal ratio towards both ends, at most 1/64 wide of the distance to the nearer end; for P(IDK), which an
   * untrained model puts at 10⁻⁵ and below: cells of equal width would hold all answers in one.
   */
  TAILS {
    @Override
    int cell(int units) {
      int half = Observation.ONE / 2;
      return units <= half ? tail(units) : CELLS - 1 - tail(Observation.ONE - units);
    }
  };

  /** Cells are numbered 0 to {@code CELLS - 1}. */
  static final int CELLS = 3840;

  private static final int MANTISSA_BITS = 6;

  abstract int cell(int units);

  /** Exact below 128, then 64 cells an octave: 1 527 at one half. */
  private static int tail(int distance) {
    int octave = Math.max(0, 31 - Integer.numberOfLeadingZeros(distance) - MANTISSA_BITS);
    return (octave << MANTISSA_BITS) + (distance >> octave);
  }
}
