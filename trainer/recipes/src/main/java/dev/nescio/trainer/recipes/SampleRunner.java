package dev.nescio.trainer.recipes;

import dev.nescio.grading.Grader;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.LanguageModel;
import java.util.ArrayList;
import java.util.List;

/** Sends many requests in batches and grades what comes back. */
final class SampleRunner {

  /** One request, the item it asks about, and the exemplars it shows. */
  record Work(KnowledgeItem item, int place, GenerationRequest request, List<String> exemplars) {}

  private final LanguageModel model;
  private final Grader grader;
  private final int batch;

  SampleRunner(LanguageModel model, Grader grader, int batch) {
    this.model = model;
    this.grader = grader;
    this.batch = batch;
  }

  /**
   * @param work   in the order that is best for the model; {@code place} says where each item stands in the result
   * @param places number of items
   * @param base   samples done before this call, for the progress
   * @param total  samples of the whole scoring
   * @return samples by place
   */
  List<List<GradedSample>> run(List<Work> work, int places, int base, int total, ScoringProgress progress) {
    List<List<GradedSample>> samples = new ArrayList<>();
    for (int i = 0; i < places; i++) samples.add(new ArrayList<>());
    int done = base;
    for (int from = 0; from < work.size(); from += batch) {
      List<Work> part = work.subList(from, Math.min(work.size(), from + batch));
      List<Generation> generations = model.generate(part.stream().map(Work::request).toList());
      for (int i = 0; i < part.size(); i++) {
        List<GradedSample> made = grade(part.get(i), generations.get(i));
        samples.get(part.get(i).place()).addAll(made);
        done += made.size();
      }
      progress.sampled(done, total);
    }
    return samples;
  }

  private List<GradedSample> grade(Work work, Generation generation) {
    List<GradedSample> graded = new ArrayList<>();
    for (Generation.Sequence sequence : generation.sequences()) {
      String text = cut(sequence.text());
      boolean correct = !text.isEmpty() && grader.correct(text, work.item().answers());
      graded.add(new GradedSample(text, correct, work.request().seed(), work.exemplars()));
    }
    return graded;
  }

  // The model stopped there already where it knows stop strings; a client of a server may not have.
  private static String cut(String text) {
    int blank = text.indexOf("\n\n");
    return (blank < 0 ? text : text.substring(0, blank)).strip();
  }
}
