package dev.nescio.trainer.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.llama.Projection;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Which numbers are trained, under which names, and what they are before the first step. */
final class TrainedParameters {

  private TrainedParameters() {}

  /** As PEFT names them, without its prefix: {@code ...layers.0.self_attn.q_proj.lora_A.weight} [r, in], B [out, r]. */
  static FlatLayout lora(LlamaConfig config, LoraConfig lora) {
    Map<String, long[]> tensors = new LinkedHashMap<>();
    for (int layer : lora.layers(config.layers())) {
      for (Projection projection : lora.projections()) {
        tensors.put(loraA(layer, projection), new long[] {lora.rank(), projection.in(config)});
        tensors.put(loraB(layer, projection), new long[] {projection.out(config), lora.rank()});
      }
    }
    return new FlatLayout(tensors);
  }

  static String loraA(int layer, Projection projection) {
    return projection.path(layer) + ".lora_A.weight";
  }

  static String loraB(int layer, Projection projection) {
    return projection.path(layer) + ".lora_B.weight";
  }

  /** Every weight in canonical order. */
  static FlatLayout full(LlamaConfig config) {
    Map<String, long[]> tensors = new LinkedHashMap<>();
    LlamaWeights.shapes(config).forEach((name, shape) -> tensors.put(name, shape.getShape()));
    return new FlatLayout(tensors);
  }

  /** A uniform in ±1/sqrt(in), B zero, as PEFT does: the adapted model starts as the base. */
  static float[] loraStart(FlatLayout layout, long seed) {
    Random random = new Random(seed);
    float[] start = new float[Math.toIntExact(layout.length())];
    int at = 0;
    for (Map.Entry<String, long[]> tensor : layout.tensors().entrySet()) {
      int size = (int) FlatLayout.elements(tensor.getValue());
      if (tensor.getKey().endsWith("lora_A.weight")) {
        double bound = 1 / Math.sqrt(tensor.getValue()[1]);
        for (int i = 0; i < size; i++) start[at + i] = (float) ((2 * random.nextDouble() - 1) * bound);
      }
      at += size;
    }
    return start;
  }

  /** All weights one after the other, [P], owned by {@code manager}. */
  static NDArray fullStart(LlamaWeights weights, NDManager manager) {
    FlatLayout layout = full(weights.config());
    ByteBuffer bytes = ByteBuffer.allocateDirect(Math.toIntExact(layout.length() * Float.BYTES))
        .order(ByteOrder.nativeOrder());
    for (String name : layout.tensors().keySet()) bytes.put(weights.get(name).toByteBuffer());
    return manager.create(bytes.flip(), new Shape(layout.length()), DataType.FLOAT32);
  }

  /** The rows of {@code <IDK>} one after the other: [H], or [2 H] where the output matrix is not the embedding. */
  static Optional<NDArray> idkStart(LlamaWeights weights, NDManager manager) {
    List<NDArray> rows = weights.idkRows();
    if (rows.isEmpty()) return Optional.empty();
    int hidden = weights.config().hiddenSize();
    float[] start = new float[rows.size() * hidden];
    for (int i = 0; i < rows.size(); i++) System.arraycopy(rows.get(i).toFloatArray(), 0, start, i * hidden, hidden);
    return Optional.of(manager.create(start));
  }

  /** The tensors of a vector by name, as views of its memory. */
  static Map<String, ByteBuffer> split(FlatLayout layout, NDArray flat) {
    ByteBuffer bytes = flat.toByteBuffer();
    Map<String, ByteBuffer> tensors = new LinkedHashMap<>();
    int at = 0;
    for (Map.Entry<String, long[]> tensor : layout.tensors().entrySet()) {
      int size = (int) (FlatLayout.elements(tensor.getValue()) * Float.BYTES);
      tensors.put(tensor.getKey(), bytes.slice(at, size).order(ByteOrder.LITTLE_ENDIAN));
      at += size;
    }
    return tensors;
  }

  static float[] floats(ByteBuffer bytes) {
    FloatBuffer buffer = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] floats = new float[buffer.remaining()];
    buffer.get(floats);
    return floats;
  }
}
