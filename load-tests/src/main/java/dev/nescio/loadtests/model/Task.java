package dev.nescio.loadtests.model;

import dev.nescio.language.GenerationRequest;
import dev.nescio.trainer.recipes.TrainingExample;
import java.util.List;

/** One run of a workload, in the words of both sides. */
sealed interface Task {

  /** What was asked for. */
  ModelWorkload workload();

  /** Of draws. */
  long seed();

  /**
   * @param requests for our side
   * @param ids      the same prompts in tokens
   */
  record Generate(ModelWorkload.Generate workload, long seed, List<GenerationRequest> requests, List<int[]> ids)
      implements Task {}

  /**
   * @param examples for our side
   * @param encoded  the same in tokens
   */
  record Train(ModelWorkload.Train workload, long seed, List<TrainingExample> examples, List<Encoded> encoded)
      implements Task {

    /** Tokens that are read in a step. */
    long tokensRead() {
      return encoded.stream().mapToLong(e -> e.prompt().length + e.target().length - 1L).sum();
    }
  }

  /** An example: prompt, and target with the end token. */
  record Encoded(int[] prompt, int[] target) {}

  /**
   * What a side took for it.
   *
   * @param seconds of the work itself
   * @param tokens  new ones; of a prefill those of the prompts, of training those that were read
   * @param ids     what was generated, by sequence; empty for training
   */
  record Done(double seconds, long tokens, List<int[]> ids) {

    double tokensPerSecond() {
      return tokens / seconds;
    }
  }
}
