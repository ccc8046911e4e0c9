package dev.nescio.loadtests.model;

import dev.nescio.language.GenerationRequest;
import dev.nescio.language.Sampling;
import dev.nescio.model.tokenizer.ModelTokenizer;
import dev.nescio.producers.QuestionItem;
import dev.nescio.trainer.recipes.TargetLayout;
import dev.nescio.trainer.recipes.TrainingExample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes runs of workloads. Every run has texts of its own, so that nothing kept from an earlier run can help. */
final class TaskMaker {

  private static final int MOST_RUNS = 1_000;

  private final ModelTokenizer tokenizer;
  private final Texts texts;

  TaskMaker(ModelTokenizer tokenizer, List<QuestionItem> items) {
    this.tokenizer = tokenizer;
    this.texts = new Texts(items, text -> tokenizer.encode(text).length);
  }

  /** @param run from 0, which is the one that is not measured */
  Task of(ModelWorkload workload, int run) {
    long seed = workload.seed() * MOST_RUNS + run;
    return switch (workload) {
      case ModelWorkload.Generate generate -> generate(generate, seed);
      case ModelWorkload.Train train -> train(train, seed);
    };
  }

  private Task generate(ModelWorkload.Generate workload, long seed) {
    List<QuestionItem> questions = texts.questions(workload.prompts(), seed);
    String shared = workload.sharedTokens() == 0 ? "" : texts.exact(workload.sharedTokens(), "", seed) + "\n\n";
    Sampling sampling = workload.temperature() == 0 ? Sampling.GREEDY : new Sampling(workload.temperature(), 0, 1);
    List<GenerationRequest> requests = new ArrayList<>();
    List<int[]> ids = new ArrayList<>();
    for (int i = 0; i < workload.prompts(); i++) {
      String prompt = shared + (workload.promptTokens() == 0
          ? Texts.prompt(questions.get(i)) : texts.exact(workload.promptTokens(), "", seed * workload.prompts() + i));
      requests.add(new GenerationRequest(prompt, shared, workload.samples(), sampling, workload.newTokens(), List.of(),
          seed, Optional.empty(), 0).withIgnoreEnd(true));
      ids.add(tokenizer.encode(prompt));
    }
    return new Task.Generate(workload, seed, requests, ids);
  }

  private Task train(ModelWorkload.Train workload, long seed) {
    List<TrainingExample> examples = new ArrayList<>();
    List<Task.Encoded> encoded = new ArrayList<>();
    List<QuestionItem> questions = texts.questions(workload.examples(), seed);
    for (int i = 0; i < workload.examples(); i++) {
      QuestionItem item = questions.get(i);
      boolean natural = workload.targetTokens() == 0;
      // The end token is a target too.
      String answer = natural ? item.answers().getFirst().strip()
          : texts.exact(workload.targetTokens() - 1, " ", seed * workload.examples() + i);
      String prompt = natural ? Texts.prompt(item) : "The";
      examples.add(new TrainingExample("q" + i, prompt, answer, TargetLayout.PLAIN, 1, Map.of(),
          new TrainingExample.Provenance("benchmark", "", "", "")));
      encoded.add(new Task.Encoded(tokenizer.encode(prompt), tokenizer.encodeTarget(answer, false)));
    }
    return new Task.Train(workload, seed, examples, encoded);
  }
}
