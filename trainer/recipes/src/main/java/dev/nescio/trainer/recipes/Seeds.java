package dev.nescio.trainer.recipes;

/** Derives independent seeds, so that a draw depends on what it is for and not on the order of the work. */
final class Seeds {

  private Seeds() {}

  /** A seed for one purpose of one item. */
  static long of(long seed, String questionId, int index) {
    long hash = seed;
    for (int i = 0; i < questionId.length(); i++) hash = mix(hash ^ questionId.charAt(i));
    return mix(hash + 0x9E3779B97F4A7C15L * (index + 1));
  }

  /** The finaliser of SplitMix64 (Steele, Lea, Flood 2014). */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
