package dev.nescio.trainer.service;

import dev.nescio.trainer.recipes.TrainingExample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Fine-tunes the base model on examples and leaves an adapter directory behind. */
public interface Tuner {

  /**
   * @param examples  what is trained on
   * @param directory where the adapter goes; made new, or resumed from its checkpoint
   * @param seed      order of the examples, initial weights and dropout depend on it alone
   * @param listener  hears of every step
   * @return what was trained
   */
  Tuned tune(List<TrainingExample> examples, Path directory, long seed, Listener listener) throws IOException;

  /**
   * Everything but base, examples and seed that the weights depend on, by name, as it stands on a release: two runs
   * that differ here never share a directory.
   */
  Map<String, String> hyperParameters();

  /**
   * The same tuner with some settings changed.
   *
   * @throws IllegalArgumentException naming a setting that is unknown, wrong, or leaves no adapter behind
   */
  Tuner with(Map<String, String> settings);

  /**
   * @param adapter         directory in PEFT layout
   * @param meanLoss        mean weighted loss of the last epoch, in nats a token
   * @param tokensPerSecond of all steps, prompt and target
   */
  record Tuned(Path adapter, double meanLoss, double tokensPerSecond) {}

  /** Hears of every optimiser step. */
  @FunctionalInterface
  interface Listener {
    void stepped(int step, int steps, double loss, double tokensPerSecond, Duration remaining);
  }
}
