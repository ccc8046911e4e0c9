package dev.nescio.trainer.recipes;

import java.util.List;

/**
 * One sampled answer with its grade.
 *
 * @param text      the answer, cut and stripped; empty when the model said nothing, which is never correct
 * @param correct   by the grader of the score
 * @param seed      seed of the draw
 * @param exemplars questionIds of the solved examples in the prompt, in order; empty for zero-shot
 */
public record GradedSample(String text, boolean correct, long seed, List<String> exemplars) {
  public GradedSample {
    exemplars = List.copyOf(exemplars);
  }
}
