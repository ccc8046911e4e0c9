package dev.nescio.model.sampling;

import dev.nescio.language.Sampling;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Draws the next token of one sequence. Reads the distribution and never changes it.
 *
 * <p>For a sequence: {@code sampler = Sampler.of(sampling, Sampler.stream(seed, index))} and
 * {@code history = TokenHistory.of(promptTokens)}; each step {@code id = sampler.sample(logProbs, logSum, history)},
 * then {@code history.add(id)}. A request that {@linkplain Sampling#isArgmax() takes the most likely token} needs no
 * sampler and no copy of the distribution; one {@linkplain Sampling#penalises() without repetition penalty} needs
 * neither history nor {@code logSum}.
 */
@FunctionalInterface
public interface Sampler {

  /**
   * @param logProbs [V] natural log-probabilities of the whole vocabulary at temperature 1
   * @param logSum   log of the sum of the exponentials of the model's logits: {@code logit = logProb + logSum}. 0 when
   *                 {@code logProbs} are the logits themselves, which does as well. Only a repetition penalty looks at
   *                 it, since that depends on the sign of a logit
   * @param seen     tokens of the sequence so far, with the prompt
   * @return id of the token
   */
  int sample(float[] logProbs, float logSum, TokenHistory seen);

  /**
   * The same for requests without repetition penalty.
   *
   * @param logProbs [V] natural log-probabilities, or logits
   */
  default int sample(float[] logProbs) {
    return sample(logProbs, 0, TokenHistory.of());
  }

  /** The most likely token; ties go to the lower id. */
  static int best(float[] logProbs) {
    int best = 0;
    for (int i = 1; i < logProbs.length; i++) if (logProbs[i] > logProbs[best]) best = i;
    return best;
  }

  /** Repetition penalty, temperature, then the cuts, then a draw from the stream; greedy requests never use it. */
  static Sampler of(Sampling sampling, RandomGenerator random) {
    Sampler drawn = sampling.isGreedy()
        ? (logProbs, logSum, seen) -> best(logProbs)
        : drawing(sampling.temperature(), Cut.of(sampling), random);
    if (!sampling.penalises()) return drawn;
    RepetitionPenalty penalty = new RepetitionPenalty(sampling.repetitionPenalty());
    return (logProbs, logSum, seen) -> drawn.sample(penalty.apply(logProbs, logSum, seen), logSum, seen);
  }

  private static Sampler drawing(double temperature, List<Cut> cuts, RandomGenerator random) {
    return (logProbs, logSum, seen) -> {
      Candidates candidates = Candidates.of(logProbs, temperature);
      for (Cut cut : cuts) candidates = cut.of(candidates);
      return candidates.draw(random);
    };
  }

  /** The stream of sequence {@code index} of a request: it depends on nothing but the two numbers. */
  static RandomGenerator stream(long seed, int index) {
    return new SplittableRandom(new SplittableRandom(seed).nextLong() + index * 0x9E3779B97F4A7C15L);
  }
}
