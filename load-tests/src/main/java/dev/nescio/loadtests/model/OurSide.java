package dev.nescio.loadtests.model;

import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.loadtests.FileTree;
import dev.nescio.model.engine.TorchLanguageModel;
import dev.nescio.model.kernel.WeightFormat;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.producers.QuestionItem;
import dev.nescio.trainer.finetune.FineTuneConfig;
import dev.nescio.trainer.finetune.FineTuneProgress;
import dev.nescio.trainer.finetune.FineTuneResult;
import dev.nescio.trainer.finetune.FineTuner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** nescio's own model and trainer, through the calls that everyone uses. */
final class OurSide implements Side {

  private final LocalLanguageModel model;
  private final Path base;
  private final Path scratch;
  private int outputs;

  /**
   * @param model   open, of the directory {@code base}
   * @param scratch an empty directory for adapters
   */
  OurSide(LocalLanguageModel model, Path base, Path scratch) {
    this.model = model;
    this.base = base;
    this.scratch = scratch;
  }

  /** Lets everything compile, as a service does before it is ready. */
  void warmUp() {
    model.warmUp();
  }

  /** Makes runs in this model's tokens. */
  TaskMaker tasks(List<QuestionItem> items) {
    return new TaskMaker(model.tokenizer(), items);
  }

  /** Name, digest and format of the weights, for the report. */
  Map<String, String> model(WeightFormat weights) {
    return Map.of("name", model.identity().name(), "digest", model.identity().digest(), "weights", weights.name());
  }

  @Override
  public Task.Done run(Task task) throws IOException {
    return switch (task) {
      case Task.Generate generate -> generate(generate);
      case Task.Train train -> train(train);
    };
  }

  /**
   * Reads prompts only, by asking for the probability of their last words: {@code generate} would run one step more, for
   * what comes after the token that it wrote.
   */
  private Task.Done read(Task.Generate task) {
    List<ContinuationRequest> pairs = new ArrayList<>();
    for (GenerationRequest request : task.requests()) {
      String text = request.prompt();
      int last = text.lastIndexOf(' ');
      pairs.add(new ContinuationRequest(text.substring(0, last), text.substring(last), Optional.empty()));
    }
    long start = System.nanoTime();
    model.score(pairs);
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Task.Done(seconds, task.ids().stream().mapToLong(prompt -> prompt.length).sum(), List.of());
  }

  private Task.Done generate(Task.Generate task) {
    if (task.workload().prefill()) return read(task);
    long start = System.nanoTime();
    List<Generation> generations = model.generate(task.requests());
    double seconds = (System.nanoTime() - start) / 1e9;
    List<int[]> ids = new ArrayList<>();
    long written = 0;
    for (Generation generation : generations) {
      for (Generation.Sequence sequence : generation.sequences()) {
        ids.add(sequence.tokens().stream().mapToInt(Generation.Token::id).toArray());
        written += sequence.generatedTokens();
      }
    }
    return new Task.Done(seconds, written, ids);
  }

  private Task.Done train(Task.Train task) throws IOException {
    ModelWorkload.Train workload = task.workload();
    FineTuneConfig config = FineTuneConfig.of(Map.of(
        "method", "lora", "objective", "cross-entropy", "rank", Integer.toString(workload.rank()),
        "alpha", Double.toString(workload.alpha()), "epochs", Integer.toString(workload.steps()),
        "batch", Integer.toString(workload.examples()), "checkpointSteps", "0", "loraRate", "1e-4",
        "seed", Long.toString(task.seed())));
    Path output = scratch.resolve("adapter-" + outputs++);
    FineTuner tuner = new FineTuner(base, new FineTuner.BaseName("base", model.identity().digest()),
        model instanceof TorchLanguageModel torch ? Optional.of(torch) : Optional.empty(), config, System::nanoTime);
    FineTuneResult result = tuner.run(task.examples(), output, FineTuneProgress.SILENT);
    return new Task.Done(result.took().toNanos() / 1e9, result.tokens(), List.of());
  }

  @Override
  public void close() {
    model.close();
    try {
      FileTree.delete(scratch);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + scratch, e);
    }
  }
}
