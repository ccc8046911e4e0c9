package dev.nescio.standalone;

import dev.nescio.language.ModelIdentity;
import dev.nescio.trainer.finetune.FineTuneConfig;
import dev.nescio.trainer.finetune.FineTuneResult;
import dev.nescio.trainer.finetune.FineTuner;
import dev.nescio.trainer.recipes.TrainingExample;
import dev.nescio.trainer.service.Tuner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The trainer's tuner over a model directory. */
final class FineTuning implements Tuner {

  private final Path base;
  private final ModelIdentity identity;
  private final FineTuneConfig config;

  FineTuning(Path base, ModelIdentity identity, FineTuneConfig config) {
    this.base = base;
    this.identity = identity;
    this.config = config;
  }

  @Override
  public Tuned tune(List<TrainingExample> examples, Path directory, long seed, Listener listener) throws IOException {
    FineTuner tuner =
        new FineTuner(
            base, new FineTuner.BaseName(identity.name(), identity.digest()), config.withSeed(seed), System::nanoTime);
    FineTuneResult result =
        tuner.run(
            examples, directory,
            listener::stepped);
    return new Tuned(result.directory(), result.lastEpochLoss(), result.tokensPerSecond());
  }

  @Override
  public Map<String, String> hyperParameters() {
    return config.toMap();
  }
}
