package dev.nescio.trainer.recipes;

import dev.nescio.language.Sampling;

/**
 * How knowledge is sampled.
 *
 * @param samples   S, samples an item, 1 to 100
 * @param shots     solved examples in a few-shot prompt, 1 to 8
 * @param triples   sets of examples that the draws choose from, 1 to 1 000: each is computed once by the model and kept
 *                  in its prefix cache, so fewer sets are faster and more are nearer to a fresh draw for every sample
 * @param sampling  how tokens are drawn
 * @param maxTokens upper bound of generated tokens, at least 1
 * @param batch     prompts in one call of the model, at least 1; a multiple of the rows that it decodes at once
 * @param seed      everything drawn depends on it
 */
public record ScoringConfig(
    int samples, int shots, int triples, Sampling sampling, int maxTokens, int batch, long seed) {

  public ScoringConfig {
    check("samples", samples, 1, 100);
    check("shots", shots, 1, 8);
    check("triples", triples, 1, 1000);
    check("maxTokens", maxTokens, 1, 1000);
    check("batch", batch, 1, 4096);
  }

  /** The published settings: five samples at temperature 0.7, top-k 50, 30 new tokens, three examples. */
  public static ScoringConfig published(long seed) {
    return new ScoringConfig(5, 3, 16, new Sampling(0.7, 50, 1), 30, 64, seed);
  }

  /** One greedy answer after three examples, as R-Tuning asks. */
  public static ScoringConfig greedy(long seed) {
    return new ScoringConfig(1, 3, 16, Sampling.GREEDY, 30, 64, seed);
  }

  private static void check(String name, int value, int low, int high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(name + " must be between " + low + " and " + high + ", is " + value);
    }
  }
}
