package dev.nescio.model.engine;

import dev.nescio.model.generation.Prompt;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which prompts run together: alike in length, and no more than the rows and the memory allow.
 *
 * @param maxRows       sequences in a batch
 * @param maxBytes      memory of a batch's keys and values
 * @param bytesPerToken memory of a token's keys and values
 */
record BatchPlan(int maxRows, long maxBytes, long bytesPerToken) {

  /** Each prompt's samples end up in one batch, or in several when there are more of them than rows. */
  List<List<Prompt>> batches(List<Prompt> prompts) {
    List<Prompt> parts = new ArrayList<>();
    for (Prompt prompt : prompts) split(prompt, parts);
    parts.sort(Comparator.comparingInt(Prompt::slots).thenComparingInt(Prompt::index).thenComparingInt(Prompt::first));
    List<List<Prompt>> batches = new ArrayList<>();
    List<Prompt> batch = new ArrayList<>();
    int rows = 0;
    for (Prompt part : parts) {
      int slots = slots(batch, part);
      if (!batch.isEmpty() && (rows + part.samples() > maxRows
          || (long) (rows + part.samples()) * slots * bytesPerToken > maxBytes)) {
        batches.add(batch);
        batch = new ArrayList<>();
        rows = 0;
      }
      batch.add(part);
      rows += part.samples();
    }
    if (!batch.isEmpty()) batches.add(batch);
    return batches;
  }

  /** Slots of a batch: its longest prompt and its longest answer. */
  static int slots(List<Prompt> batch) {
    int prompt = 0;
    int answer = 0;
    for (Prompt part : batch) {
      prompt = Math.max(prompt, part.tokens().length);
      answer = Math.max(answer, part.request().maxTokens());
    }
    return prompt + answer;
  }

  private static int slots(List<Prompt> batch, Prompt more) {
    List<Prompt> all = new ArrayList<>(batch);
    all.add(more);
    return slots(all);
  }

  private void split(Prompt prompt, List<Prompt> parts) {
    long fitting = maxBytes / Math.max(1, prompt.slots() * bytesPerToken);
    int rows = (int) Math.max(1, Math.min(maxRows, fitting));
    Prompt whole = prompt.samples() > rows ? prompt.sharedWhole() : prompt;
    for (int first = 0; first < prompt.samples(); first += rows) {
      parts.add(whole.part(prompt.first() + first, Math.min(rows, prompt.samples() - first)));
    }
  }
}
