package dev.nescio.model.local;

import dev.nescio.language.GenerationRequest;
import dev.nescio.language.LanguageModel;
import dev.nescio.language.Sampling;
import java.util.ArrayList;
import java.util.List;

/** A little work at several batch sizes, so that the first requests find everything compiled. */
public final class WarmUp {

  private static final List<Integer> ROWS = List.of(1, 2, 4, 8, 16);
  private static final String PROMPT = "Question: What is the capital of France?\n\nAnswer:";
  private static final int TOKENS = 4;

  private WarmUp() {}

  /** Takes some seconds at most; the model must be open. */
  public static void run(LanguageModel model) {
    for (int rows : ROWS) {
      List<GenerationRequest> requests = new ArrayList<>();
      GenerationRequest one = GenerationRequest.greedy(PROMPT, TOKENS).withIgnoreEnd(true).withStop(List.of());
      for (int i = 0; i < rows; i++) requests.add(i % 2 == 0 ? one : one.withSamples(1, new Sampling(1, 0, 1), i));
      model.generate(requests);
    }
  }
}
