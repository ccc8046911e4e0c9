package dev.nescio.model.engine;

import dev.nescio.model.batch.LoadedModels;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.peft.PeftAdapter;
import java.io.IOException;
import java.nio.file.Path;

/** The adapters that the engine computes with. */
final class Adapters extends LoadedModels<TorchModel> {

  private final LlamaWeights weights;

  Adapters(LlamaForward forward, LlamaWeights weights) {
    super(TorchModel.base(forward, weights));
    this.weights = weights;
  }

  @Override
  protected TorchModel adapted(PeftAdapter adapter) throws IOException {
    return TorchModel.of(adapter, weights);
  }

  @Override
  protected TorchModel whole(String id, Path directory) throws IOException {
    return TorchModel.whole(id, directory, weights);
  }
}
