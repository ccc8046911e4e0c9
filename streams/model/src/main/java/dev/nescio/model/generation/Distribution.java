package dev.nescio.model.generation;

import dev.nescio.language.Generation.Alternative;
import dev.nescio.model.tokenizer.ModelTokenizer;
import java.util.List;
import java.util.Optional;

/** The model's distribution over the next token, at temperature 1. */
public interface Distribution {

  /** The most likely token, the lower of two alike. */
  int best();

  /** Natural log-probability of a token. */
  double logProb(int id);

  /** Nats, never below 0. */
  double entropy();

  /** Log-probability of the best minus that of the second best token, nats. */
  double margin();

  /** Log-probability of ending: of all end tokens together. */
  double endLogProb();

  /** Probability of {@code <IDK>}, if the model has it. */
  Optional<Double> pIdk();

  /** Logits or log-probabilities of the whole vocabulary, a copy; {@link #logSum} goes with them. */
  float[] scores();

  /** Log of the sum of the exponentials of the model's logits, 0 where {@link #scores} are logits. */
  float logSum();

  /** The most likely tokens, best first; of two alike the lower id first. */
  List<Alternative> alternatives(int count, ModelTokenizer tokenizer);

  /**
   * The same, valid for ever.
   *
   * @throws ArithmeticException if the figures are no numbers
   */
  Distribution kept();
}
