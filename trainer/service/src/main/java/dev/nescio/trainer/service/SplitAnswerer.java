package dev.nescio.trainer.service;

import dev.nescio.answering.Answerer;
import dev.nescio.answering.Ask;
import dev.nescio.answering.Draft;
import dev.nescio.grading.Grader;
import dev.nescio.trainer.recipes.KnowledgeItem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntConsumer;

/** Answers the items of a split in batches, as live inference would, and grades them with every grader. */
public final class SplitAnswerer {

  private final Answerer answerer;
  private final String estimator;
  private final List<Grader> graders;
  private final int batch;

  /**
   * @param answerer  holds the estimator named next
   * @param estimator whose score goes into the calibrator
   * @param graders   all that shall have a verdict
   * @param batch     questions in one call of the model, at least 1
   */
  public SplitAnswerer(Answerer answerer, String estimator, List<Grader> graders, int batch) {
    if (batch < 1) throw new IllegalArgumentException("batch must be at least 1, is " + batch);
    this.answerer = answerer;
    this.estimator = estimator;
    this.graders = List.copyOf(graders);
    this.batch = batch;
  }

  /**
   * @param items    what is asked
   * @param ask      how it is asked
   * @param progress hears how many are answered, after every batch
   * @return one answer an item, in order
   */
  public List<GradedAnswer> answer(
      List<KnowledgeItem> items, Function<KnowledgeItem, Ask> ask, IntConsumer progress) {
    List<GradedAnswer> answers = new ArrayList<>(items.size());
    for (int from = 0; from < items.size(); from += batch) {
      if (Thread.currentThread().isInterrupted()) throw new NightCancelledException();
      List<KnowledgeItem> part = items.subList(from, Math.min(items.size(), from + batch));
      List<Draft> drafts = answerer.answer(part.stream().map(ask).toList());
      for (int i = 0; i < part.size(); i++) {
        Draft draft = drafts.get(i);
        answers.add(GradedAnswer.of(part.get(i), draft, estimator, grades(part.get(i), draft.candidate())));
      }
      progress.accept(answers.size());
    }
    return answers;
  }

  /** Verdicts of all graders about one candidate. */
  public Map<String, Boolean> grades(KnowledgeItem item, String candidate) {
    Map<String, Boolean> grades = new LinkedHashMap<>();
    for (Grader grader : graders) grades.put(grader.name(), grader.correct(candidate, item.answers()));
    return grades;
  }
}
