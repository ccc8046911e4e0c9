package dev.nescio.trainer.finetune;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.nescio.model.engine.TorchLanguageModel;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.torch.Torch;
import dev.nescio.trainer.objectives.Objective;
import dev.nescio.trainer.recipes.Dataset;
import dev.nescio.trainer.recipes.TrainingExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * Fine-tunes a model directory: adapters or all weights, and the row of {@code <IDK>}.
 *
 * <p>The same examples, configuration, base and number of threads give the same digest on one machine, also after a
 * resumed run. One run at a time in a process, since DJL has one gradient collector.
 */
public final class FineTuner {

  private static final Semaphore ONE_AT_A_TIME = new Semaphore(1);
  private static final double BETA_1 = .9;
  private static final double BETA_2 = .999;
  private static final double EPS = 1e-8;

  private final Path base;
  private final BaseName name;
  private final Optional<TorchLanguageModel> loaded;
  private final FineTuneConfig config;
  private final LongSupplier nanoClock;

  /** @param digest of the base, as it stands in {@code ModelIdentity} */
  public record BaseName(String name, String digest) {}

  /**
   * @param base      model directory in Hugging Face layout
   * @param name      what the base is called in the adapter's files
   * @param nanoClock for speed and remaining time
   */
  public FineTuner(Path base, BaseName name, FineTuneConfig config, LongSupplier nanoClock) {
    this(base, name, Optional.empty(), config, nanoClock);
  }

  /**
   * @param base      model directory in Hugging Face layout
   * @param name      what the base is called in the adapter's files
   * @param loaded    the same model, if it is in memory: its frozen weights then serve training too. It may answer
   *                  meanwhile and has to stay open until the run ends
   * @param nanoClock for speed and remaining time
   */
  public FineTuner(
      Path base, BaseName name, Optional<TorchLanguageModel> loaded, FineTuneConfig config, LongSupplier nanoClock) {
    this.base = base;
    this.name = name;
    this.loaded = loaded;
    this.config = config;
    this.nanoClock = nanoClock;
  }

  /**
   * Trains, or finds that this very run was finished before. Interrupting the thread stops it after a checkpoint.
   *
   * @param examples at least one
   * @param output   directory to make; a checkpoint lies beside it until the run is finished
   * @throws IOException           when the base cannot be read or the output not written, or {@code output} is
   *                               something else
   * @throws CancellationException when the thread was interrupted
   * @throws IllegalStateException when another run goes on in this process, or the loss is no number any more
   */
  public FineTuneResult run(List<TrainingExample> examples, Path output, FineTuneProgress progress)
      throws IOException {
    if (examples.isEmpty()) throw new IllegalArgumentException("there is nothing to train on: no examples");
    FinishedRun finished = new FinishedRun(output, runDigest(examples));
    if (Files.exists(output)) return finished.read();
    if (!ONE_AT_A_TIME.tryAcquire()) {
      throw new IllegalStateException("another fine-tuning goes on in this process; wait for it or start a process");
    }
    NDManager manager = loaded.map(model -> model.weights().newManager()).orElseGet(Torch::newManager);
    try (BaseModel model = BaseModel.open(base, loaded, config.method(), manager)) {
      LlamaWeights weights = model.weights();
      ExampleEncoder encoder = new ExampleEncoder(model.tokenizer(), weights.config().contextTokens());
      // The digest of a dataset does not depend on the order, so neither may the result.
      List<EncodedExample> encoded = examples.stream()
          .sorted(Comparator.comparing(TrainingExample::questionId).thenComparing(TrainingExample::toString))
          .map(encoder::encode).toList();
      RunCheckpoint checkpoint = new RunCheckpoint(
          output.resolveSibling(output.getFileName() + ".checkpoint.safetensors"), finished.run());
      FineTuneResult result;
      try (Tunable tunable = Tunable.of(config, weights, manager);
          AdamW optimiser = new AdamW(new AdamW.Settings(BETA_1, BETA_2, EPS, config.weightDecay()))) {
        RunCheckpoint.Standing end;
        try {
          // Profiling pays for fixed shapes; here it would compile for every batch. The switch is the thread's.
          JniUtils.setGraphExecutorOptimize(false);
          end = steps(tunable, optimiser, encoded, checkpoint, progress);
        } finally {
          JniUtils.setGraphExecutorOptimize(true);
        }
        result = finished.write(tunable, weights, model.tokenizer(), name, config, end, encoded.size());
      }
      checkpoint.delete();
      return result;
    } finally {
      manager.close();
      ONE_AT_A_TIME.release();
    }
  }

  private RunCheckpoint.Standing steps(
      Tunable tunable, AdamW optimiser, List<EncodedExample> examples, RunCheckpoint checkpoint,
      FineTuneProgress progress) throws IOException {
    optimiser.add(tunable.forward().trained(), 1, tunable.manager());
    tunable.forward().idk().ifPresent(
        row -> optimiser.add(row, config.idkRate() / config.rate(), tunable.manager()));
    ExampleOrder order = new ExampleOrder(examples.size(), config.epochs(), config.batch(), config.seed());
    LearningRate schedule = new LearningRate(order.steps(), config.warmUp());
    Objective objective = config.loss();
    int epoch = order.steps() / config.epochs();
    RunCheckpoint.Standing standing;
    try (NDManager scope = tunable.manager().newSubManager()) {
      standing = checkpoint.restore(optimiser, scope);
    }
    int resumed = standing.step();
    while (standing.step() < order.steps()) {
      stopIfInterrupted(checkpoint, optimiser, standing, order.steps());
      int step = standing.step();
      long start = nanoClock.getAsLong();
      double loss;
      int tokens;
      try (NDManager scope = tunable.manager().newSubManager()) {
        seedDropout(step);
        PackedBatch batch = PackedBatch.of(order.at(step).stream().map(examples::get).toList(), scope);
        loss = tunable.forward().backward(batch, objective, scope).mean();
        tokens = batch.tokens();
        if (!Double.isFinite(loss)) {
          throw new IllegalStateException("the loss of step " + (step + 1) + " is " + loss
              + "; lower the learning rate of " + config.rate());
        }
        optimiser.step(config.rate() * schedule.at(step), config.clipNorm(), scope);
      }
      long nanos = standing.nanos() + nanoClock.getAsLong() - start;
      standing = new RunCheckpoint.Standing(
          step + 1, standing.tokens() + tokens, nanos,
          standing.firstLoss() + (step < epoch ? loss : 0),
          standing.lastLoss() + (step >= order.steps() - epoch ? loss : 0), resumed);
      if (config.checkpointSteps() > 0 && standing.step() % config.checkpointSteps() == 0
          && standing.step() < order.steps()) {
        checkpoint.write(optimiser, standing);
      }
      progress.stepped(standing.step(), order.steps(), loss, standing.tokens() / Math.max(1e-9, nanos / 1e9),
          Duration.ofNanos(nanos / standing.step() * (order.steps() - standing.step())));
    }
    return standing;
  }

  /**
   * The engine's generator is the process's, and dropout is all that draws from it: samples are drawn in Java. So what
   * a step drops depends on seed and step alone, also in a resumed run.
   */
  private void seedDropout(int step) {
    if (config.lora().dropout() > 0) JniUtils.setSeed(config.seed() * 1_000_003 + step);
  }

  private static void stopIfInterrupted(
      RunCheckpoint checkpoint, AdamW optimiser, RunCheckpoint.Standing standing, int steps) throws IOException {
    if (!Thread.currentThread().isInterrupted()) return;
    // A channel refuses to write in an interrupted thread.
    Thread.interrupted();
    try {
      checkpoint.write(optimiser, standing);
    } finally {
      Thread.currentThread().interrupt();
    }
    throw new CancellationException("fine-tuning was stopped after step " + standing.step() + " of " + steps
        + "; the same run goes on from " + checkpoint.file());
  }

  private String runDigest(List<TrainingExample> examples) {
    Map<String, String> all = new TreeMap<>(config.toMap());
    all.put("base", name.digest());
    all.put("dataset", Dataset.of(examples).digest());
    all.put("threads", Integer.toString(Torch.threads()));
    return FinishedRun.sha256(all.toString());
  }
}
