package dev.nescio.trainer.service;

import dev.nescio.language.ModelIdentity;
import dev.nescio.model.engine.TorchLanguageModel;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.torch.Torch;
import dev.nescio.trainer.finetune.FineTuneConfig;
import dev.nescio.trainer.finetune.FineTuneResult;
import dev.nescio.trainer.finetune.FineTuner;
import dev.nescio.trainer.recipes.TrainingExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Trains adapters for the model of a directory, or with {@code method=full} a whole model of its shape. */
public final class AdapterTuner implements Tuner {

  private static final String SEED = "seed";

  private final Path base;
  private final ModelIdentity identity;
  private final Optional<TorchLanguageModel> loaded;
  private final FineTuneConfig config;

  /**
   * @param base     model directory in Hugging Face layout
   * @param identity of the same model, as it is loaded
   */
  public AdapterTuner(Path base, ModelIdentity identity, FineTuneConfig config) {
    this(base, identity, Optional.empty(), config);
  }

  /**
   * @param base  model directory in Hugging Face layout
   * @param model the same model in memory. If the engine computes it, adapters are trained beside its weights, and it must
   *              be closed after the last night; the kernels' weights are packed for products without gradients
   */
  public AdapterTuner(Path base, LocalLanguageModel model, FineTuneConfig config) {
    this(base, model.identity(), model instanceof TorchLanguageModel torch ? Optional.of(torch) : Optional.empty(), config);
  }

  private AdapterTuner(
      Path base, ModelIdentity identity, Optional<TorchLanguageModel> loaded, FineTuneConfig config) {
    this.base = base;
    this.identity = identity;
    this.loaded = loaded;
    this.config = config;
  }

  @Override
  public Tuned tune(List<TrainingExample> examples, Path directory, long seed, Listener listener) throws IOException {
    FineTuner.BaseName name = new FineTuner.BaseName(identity.name(), identity.digest());
    FineTuner tuner = new FineTuner(base, name, loaded, config.withSeed(seed), System::nanoTime);
    FineTuneResult result = tuner.run(examples, directory, listener::stepped);
    return new Tuned(result.directory(), result.lastEpochLoss(), result.tokensPerSecond());
  }

  @Override
  public Map<String, String> hyperParameters() {
    Map<String, String> all = new TreeMap<>(config.toMap());
    all.remove(SEED);
    all.put("threads", Integer.toString(Torch.threads()));
    return all;
  }

  @Override
  public Tuner with(Map<String, String> settings) {
    if (settings.containsKey(SEED)) {
      throw new IllegalArgumentException("the seed of fine-tuning is the training request's; leave out " + SEED);
    }
    Map<String, String> all = new TreeMap<>(config.toMap());
    all.putAll(settings);
    return settings.isEmpty() ? this : new AdapterTuner(base, identity, loaded, FineTuneConfig.of(all));
  }
}
