package dev.nescio.model;

import dev.nescio.language.Sampling;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Draws the next token of one sequence. Reads the distribution and never changes it. */
@FunctionalInterface
interface Sampler {

  /**
   * @param logProbs natural log-probabilities of the whole vocabulary at temperature 1
   * @return id of the token
   */
  int sample(float[] logProbs);

  /** The most likely token; ties go to the lower id. */
  static int best(float[] logProbs) {
    int best = 0;
    for (int i = 1; i < logProbs.length; i++) if (logProbs[i] > logProbs[best]) best = i;
    return best;
  }

  /** Temperature, then top-k, then top-p, then a draw from the stream. */
  static Sampler of(Sampling sampling, RandomGenerator random) {
    if (sampling.isGreedy()) return Sampler::best;
    return logProbs -> Candidates.of(logProbs, sampling.temperature())
        .topK(sampling.topK()).topP(sampling.topP()).draw(random);
  }

  /** The stream of sequence {@code index} of a request: it depends on nothing but the two numbers. */
  static RandomGenerator stream(long seed, int index) {
    return new SplittableRandom(new SplittableRandom(seed).nextLong() + index * 0x9E3779B97F4A7C15L);
  }
}
