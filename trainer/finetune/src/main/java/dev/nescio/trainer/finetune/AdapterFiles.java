package dev.nescio.trainer.finetune;

import ai.djl.ndarray.NDArray;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.Projection;
import dev.nescio.model.peft.PeftAdapter;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The trained vector as an adapter that PEFT and the model load. */
final class AdapterFiles {

  private AdapterFiles() {}

  static PeftAdapter adapter(Tunable tunable, LlamaConfig shape, FineTuneConfig config) {
    Map<String, ByteBuffer> tensors = TrainedParameters.split(tunable.layout(), tunable.forward().trained());
    Map<PeftAdapter.Place, PeftAdapter.Pair> pairs = new TreeMap<>();
    LoraConfig lora = config.lora();
    for (int layer : lora.layers(shape.layers())) {
      for (Projection projection : lora.projections()) {
        pairs.put(new PeftAdapter.Place(layer, projection), new PeftAdapter.Pair(
            TrainedParameters.floats(tensors.get(TrainedParameters.loraA(layer, projection))),
            TrainedParameters.floats(tensors.get(TrainedParameters.loraB(layer, projection)))));
      }
    }
    int hidden = shape.hiddenSize();
    Optional<float[]> rows = tunable.forward().idk().map(NDArray::toFloatArray);
    return new PeftAdapter(lora.rank(), lora.alpha(), lora.rankStabilised(), pairs,
        rows.map(all -> Arrays.copyOf(all, hidden)),
        rows.filter(all -> all.length > hidden).map(all -> Arrays.copyOfRange(all, hidden, 2 * hidden)),
        rows.map(all -> shape.vocabSize()));
  }
}
