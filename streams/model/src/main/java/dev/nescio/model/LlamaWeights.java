package dev.nescio.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The tensors of a Llama, float32, under their Hugging Face names.
 *
 * <p>Canonical order, as scripts take them: embedding [V, H]; for each layer input norm [H], q [heads D, H],
 * k and v [kvHeads D, H], o [H, heads D], post-attention norm [H], gate and up [F, H], down [H, F]; final norm [H]; the
 * output matrix [V, H] only where it is not the embedding. The row of {@code <IDK>} stands apart and is never part of
 * the embedding.
 *
 * <p>The arrays belong to this object. A model in use only reads them; whoever trains in place loads weights of its
 * own.
 */
public final class LlamaWeights implements AutoCloseable {

  public static final String EMBEDDING = "model.embed_tokens.weight";
  public static final String FINAL_NORM = "model.norm.weight";
  public static final String OUTPUT = "lm_head.weight";

  private final LlamaConfig config;
  private final NDManager manager;
  private final Map<String, NDArray> tensors = new LinkedHashMap<>();
  private NDArray idkRow; // [H], null without <IDK>

  private LlamaWeights(LlamaConfig config, NDManager manager) {
    this.config = config;
    this.manager = manager;
  }

  /**
   * Reads a directory in Hugging Face layout.
   *
   * @param directory with {@code config.json} and safetensors
   * @param idk       where the row of {@code <IDK>} comes from
   * @param parent    the arrays live in a sub-manager of it
   * @throws ModelFormatException naming tensor and file when one is missing, truncated, unexpected or of another shape
   */
  public static LlamaWeights load(Path directory, IdkRow idk, NDManager parent) throws IOException {
    LlamaConfig config = LlamaConfig.read(directory);
    boolean last = idk instanceof IdkRow.Last;
    LlamaWeights weights = new LlamaWeights(
        last ? config.withVocabSize(config.vocabSize() - 1) : config, parent.newSubManager());
    try (Checkpoint checkpoint = new Checkpoint(directory)) {
      refuseUnexpected(checkpoint.names(), config, directory);
      for (Map.Entry<String, Shape> tensor : shapes(config).entrySet()) {
        String name = tensor.getKey();
        NDArray array = checkpoint.float32(name, tensor.getValue(), weights.manager);
        weights.put(name, last && name.equals(EMBEDDING) ? weights.split(array) : array);
      }
      if (idk instanceof IdkRow.MeanOf mean) weights.setIdkRow(weights.meanOf(mean.tokens()));
      if (weights.idkRow != null && !config.tiedEmbeddings()) {
        throw new ModelFormatException(directory + " has an output matrix of its own; <IDK> needs tied embeddings");
      }
      return weights;
    } catch (IOException | RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  /** Names and shapes of all tensors, in canonical order. */
  public static Map<String, Shape> shapes(LlamaConfig config) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    int hidden = config.hiddenSize();
    shapes.put(EMBEDDING, new Shape(config.vocabSize(), hidden));
    for (int layer = 0; layer < config.layers(); layer++) {
      shapes.put(inputNorm(layer), new Shape(hidden));
      for (Projection projection : Projection.values()) {
        if (projection == Projection.GATE) shapes.put(attentionNorm(layer), new Shape(hidden));
        shapes.put(projection.path(layer) + ".weight", new Shape(projection.out(config), projection.in(config)));
      }
    }
    shapes.put(FINAL_NORM, new Shape(hidden));
    if (!config.tiedEmbeddings()) shapes.put(OUTPUT, new Shape(config.vocabSize(), hidden));
    return shapes;
  }

  /** Name of the norm before attention. */
  public static String inputNorm(int layer) {
    return "model.layers." + layer + ".input_layernorm.weight";
  }

  /** Name of the norm after attention. */
  public static String attentionNorm(int layer) {
    return "model.layers." + layer + ".post_attention_layernorm.weight";
  }

  /** Shape of the model; {@code vocabSize} is without {@code <IDK>}, whose id it therefore is. */
  public LlamaConfig config() {
    return config;
  }

  /** @throws IllegalArgumentException if the model has no such tensor */
  public NDArray get(String name) {
    NDArray array = tensors.get(name);
    if (array == null) throw new IllegalArgumentException("no tensor " + name);
    return array;
  }

  /** Weight [out, in] of a projection. */
  public NDArray get(int layer, Projection projection) {
    return get(projection.path(layer) + ".weight");
  }

  /** Names in canonical order. */
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  /** All tensors in canonical order, without the row of {@code <IDK>}. */
  public NDList list() {
    return new NDList(tensors.values());
  }

  /** Row of {@code <IDK>}, [H]: its embedding and, the embeddings being tied, its output vector. */
  public Optional<NDArray> idkRow() {
    return Optional.ofNullable(idkRow);
  }

  /** Owner of the arrays. */
  public NDManager manager() {
    return manager;
  }

  /**
   * Writes {@code config.json} and {@code model.safetensors}; the row of {@code <IDK>} becomes the embedding's last
   * row. The tokenizer is the caller's to add.
   */
  public void save(Path directory) throws IOException {
    LlamaConfig saved = idkRow == null ? config : config.withVocabSize(config.vocabSize() + 1);
    Map<String, long[]> shapes = new LinkedHashMap<>();
    shapes(saved).forEach((name, shape) -> shapes.put(name, shape.getShape()));
    SafetensorsWriter.write(directory.resolve("model.safetensors"), shapes, Map.of(), this::bytes);
    AtomicFiles.file(directory.resolve("config.json"), out -> out.write(ByteBuffer.wrap(Json.pretty(saved.toJson()))));
  }

  @Override
  public void close() {
    manager.close();
  }

  private ByteBuffer bytes(String name) {
    NDArray array = get(name);
    if (idkRow == null || !name.equals(EMBEDDING)) return array.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer rows = array.toByteBuffer();
    ByteBuffer last = idkRow.toByteBuffer();
    ByteBuffer all = ByteBuffer.allocate(rows.remaining() + last.remaining());
    return all.put(rows).put(last).flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  private void put(String name, NDArray array) {
    array.setName(name);
    tensors.put(name, array);
  }

  private void setIdkRow(NDArray row) {
    row.setName("idk");
    idkRow = row;
  }

  /** Takes the last row off; the rest is a view of the same memory. */
  private NDArray split(NDArray embedding) {
    long rows = embedding.getShape().get(0) - 1;
    setIdkRow(embedding.get(new NDIndex("{}", rows)).duplicate());
    return embedding.get(new NDIndex("0:{}", rows));
  }

  private NDArray meanOf(int[] tokens) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray rows = get(EMBEDDING).get(scope.create(tokens));
      NDArray mean = rows.mean(new int[] {0});
      mean.attach(manager);
      return mean;
    }
  }

  private static void refuseUnexpected(Set<String> names, LlamaConfig config, Path directory)
      throws ModelFormatException {
    Set<String> rest = new TreeSet<>(names);
    rest.removeAll(shapes(config).keySet());
    // Older checkpoints repeat the tied matrix and the rotary frequencies.
    rest.removeIf(name -> name.endsWith("rotary_emb.inv_freq") || name.equals(OUTPUT));
    if (!rest.isEmpty()) {
      throw new ModelFormatException(directory + " has tensors that a Llama of its config.json has not: " + rest);
    }
  }
}
