package dev.nescio.trainer.finetune;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.nescio.model.engine.TorchLanguageModel;
import dev.nescio.model.files.FloatType;
import dev.nescio.model.llama.IdkRow;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.tokenizer.ModelTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What training starts from, in float32. Frozen weights are those of a model that is in memory anyway, or the pages of
 * its files, which the system keeps and may drop; a copy is made only where weights are trained, where the files hold
 * another type, or on another device than the CPU.
 *
 * @param own true when both are freed here
 */
record BaseModel(ModelTokenizer tokenizer, LlamaWeights weights, boolean own) implements AutoCloseable {

  /**
   * @param loaded the model of the directory, if this process has it; it may answer questions all the while
   * @param parent of the arrays that are read
   */
  static BaseModel open(
      Path directory, Optional<TorchLanguageModel> loaded, FineTuneConfig.Method method, NDManager parent)
      throws IOException {
    Optional<TorchLanguageModel> shared = loaded.filter(model -> method == FineTuneConfig.Method.LORA)
        .filter(model -> model.tokenizer().idkId().isPresent())
        .filter(model -> model.weights().type() == FloatType.FLOAT32);
    if (shared.isPresent()) return new BaseModel(shared.get().tokenizer(), shared.get().weights(), false);
    LlamaConfig shape = LlamaConfig.read(directory);
    ModelTokenizer tokenizer = ModelTokenizer.open(directory, Optional.of(shape.vocabSize()), shape.endTokenId());
    try {
      // The row starts as the mean of the rows of "I don't know", as the paper has it.
      IdkRow row = new IdkRow.MeanOf(tokenizer.idkWords());
      boolean mapped = method == FineTuneConfig.Method.LORA && parent.getDevice().equals(Device.cpu());
      return new BaseModel(tokenizer, mapped
          ? LlamaWeights.map(directory, row, parent) : LlamaWeights.load(directory, row, parent), true);
    } catch (IOException | RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  @Override
  public void close() {
    if (!own) return;
    weights.close();
    tokenizer.close();
  }
}
