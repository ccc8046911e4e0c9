package dev.nescio.model.llama;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.nescio.model.files.AtomicFiles;
import dev.nescio.model.files.Checkpoint;
import dev.nescio.model.files.FloatType;
import dev.nescio.model.files.Json;
import dev.nescio.model.files.ModelFormatException;
import dev.nescio.model.files.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The tensors of a Llama under their Hugging Face names, each in contiguous memory, row-major.
 *
 * <p>Canonical order, as scripts take them: embedding [V, H]; for each layer input norm [H], q [heads D, H],
 * k and v [kvHeads D, H], o [H, heads D], post-attention norm [H], gate and up [F, H], down [H, F]; final norm [H]; the
 * output matrix [V, H] only where it is not the embedding; last, where the model has them, the biases [out], layer by
 * layer. The row of {@code <IDK>} stands apart and is never part of the embedding; a model whose output matrix is not
 * the embedding has a second one for the output.
 *
 * <p>The arrays belong to this object. A model in use only reads them; whoever trains in place loads weights of its
 * own.
 */
public final class LlamaWeights implements AutoCloseable {

  public static final String EMBEDDING = "model.embed_tokens.weight";
  public static final String FINAL_NORM = "model.norm.weight";
  public static final String OUTPUT = "lm_head.weight";

  private final LlamaConfig config;
  private final FloatType type;
  private final NDManager manager;
  private final NDArray none; // stands for a bias that is not there
  private final Map<String, NDArray> tensors = new LinkedHashMap<>();
  private final Map<String, NDArray> idkRows = new LinkedHashMap<>(); // [H] of the embedding and of an output matrix

  private Optional<Checkpoint> files = Optional.empty(); // open while arrays are views of them

  private LlamaWeights(LlamaConfig config, FloatType type, NDManager manager) {
    this.config = config;
    this.type = type;
    this.manager = manager;
    this.none = manager.create(new Shape(0), type.engine());
  }

  /** Reads a directory as float32; see {@link #load(Path, IdkRow, NDManager, FloatType)}. */
  public static LlamaWeights load(Path directory, IdkRow idk, NDManager parent) throws IOException {
    return load(directory, idk, parent, FloatType.FLOAT32);
  }

  /**
   * Reads a directory in Hugging Face layout.
   *
   * @param directory with {@code config.json} and safetensors
   * @param idk       where the row of {@code <IDK>} comes from
   * @param parent    the arrays live in a sub-manager of it, on its device
   * @param type      of the arrays
   * @throws ModelFormatException naming tensor and file when one is missing, truncated, unexpected or of another shape
   */
  public static LlamaWeights load(Path directory, IdkRow idk, NDManager parent, FloatType type) throws IOException {
    try (Checkpoint checkpoint = new Checkpoint(directory)) {
      return read(directory, checkpoint, idk, parent, type,
          (name, shape, manager) -> checkpoint.array(name, shape, manager, type));
    }
  }

  /**
   * Reads a directory as float32 without copying what its files hold in that type: the system keeps those pages for
   * every reader of the file, and may drop them. Only to be read; the files must not be changed until {@link #close}.
   *
   * @param parent on the CPU
   * @see #load(Path, IdkRow, NDManager, FloatType)
   */
  public static LlamaWeights map(Path directory, IdkRow idk, NDManager parent) throws IOException {
    Checkpoint checkpoint = new Checkpoint(directory);
    try {
      LlamaWeights weights = read(directory, checkpoint, idk, parent, FloatType.FLOAT32, (name, shape, manager) -> {
        Optional<NDArray> view = checkpoint.reader(name).view(name, shape, manager);
        return view.isPresent() ? view.get() : checkpoint.array(name, shape, manager, FloatType.FLOAT32);
      });
      weights.files = Optional.of(checkpoint);
      return weights;
    } catch (IOException | RuntimeException e) {
      checkpoint.close();
      throw e;
    }
  }

  /** A new root of arrays on the device of these, the caller's to close. */
  public NDManager newManager() {
    return NDManager.newBaseManager(manager.getDevice(), manager.getEngine().getEngineName());
  }

  private interface Tensors {
    NDArray get(String name, Shape shape, NDManager manager) throws IOException;
  }

  private static LlamaWeights read(
      Path directory, Checkpoint checkpoint, IdkRow idk, NDManager parent, FloatType type, Tensors tensors)
      throws IOException {
    LlamaConfig config = LlamaConfig.read(directory);
    boolean last = idk instanceof IdkRow.Last;
    LlamaWeights weights = new LlamaWeights(
        last ? config.withVocabSize(config.vocabSize() - 1) : config, type, parent.newSubManager());
    try {
      if (config.layers() > checkpoint.names().size()) {
        throw new ModelFormatException(directory.resolve("config.json") + " announces " + config.layers()
            + " layers, but there are only " + checkpoint.names().size() + " tensors");
      }
      refuseUnexpected(checkpoint.names(), config, directory);
      for (Map.Entry<String, Shape> tensor : shapes(config).entrySet()) {
        String name = tensor.getKey();
        NDArray array = tensors.get(name, tensor.getValue(), weights.manager);
        weights.put(name, last && hasRows(name) ? weights.split(name, array) : array);
      }
      if (idk instanceof IdkRow.MeanOf mean) weights.addMeans(mean.tokens());
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
    for (int layer = 0; layer < config.layers(); layer++) {
      for (Projection projection : config.biases()) {
        shapes.put(projection.path(layer) + ".bias", new Shape(projection.out(config)));
      }
    }
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

  /** Bias [out] of a projection, where it has one. */
  public Optional<NDArray> bias(int layer, Projection projection) {
    return Optional.ofNullable(tensors.get(projection.path(layer) + ".bias"));
  }

  /** Biases in the order of the projections, seven a layer, empty where there is none; no arrays without any. */
  public List<NDArray> biases() {
    if (config.biases().isEmpty()) return List.of();
    List<NDArray> biases = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      for (Projection projection : Projection.values()) {
        biases.add(bias(layer, projection).orElse(none));
      }
    }
    return biases;
  }

  /** Output matrix [V, H]: the embedding, or one of its own. */
  public NDArray output() {
    return get(config.tiedEmbeddings() ? EMBEDDING : OUTPUT);
  }

  /** Element type of all tensors. */
  public FloatType type() {
    return type;
  }

  /** Bytes of keys and values of one token over all layers. */
  public long cacheBytesPerToken() {
    return type.bytes() * config.cacheElementsPerToken();
  }

  /** Names in canonical order. */
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  /** All tensors in canonical order, without the row of {@code <IDK>}. */
  public NDList list() {
    return new NDList(tensors.values());
  }

  /** Row of {@code <IDK>} in the embedding, [H]. */
  public Optional<NDArray> idkRow() {
    return Optional.ofNullable(idkRows.get(EMBEDDING));
  }

  /** Row of {@code <IDK>} in the output matrix, [H]: the same array as its embedding where these are tied. */
  public Optional<NDArray> idkOutputRow() {
    return Optional.ofNullable(idkRows.get(config.tiedEmbeddings() ? EMBEDDING : OUTPUT));
  }

  /** The rows of {@code <IDK>}: none, one, or its embedding and then its output row. */
  public List<NDArray> idkRows() {
    return List.copyOf(idkRows.values());
  }

  /** Owner of the arrays. */
  public NDManager manager() {
    return manager;
  }

  /**
   * Writes {@code config.json} and {@code model.safetensors}; the rows of {@code <IDK>} become the last of embedding
   * and output matrix. The tokenizer is the caller's to add.
   *
   * @throws IllegalStateException unless the weights are float32
   */
  public void save(Path directory) throws IOException {
    if (type != FloatType.FLOAT32) {
      throw new IllegalStateException("weights of type " + type + " would lose precision; save FLOAT32 weights");
    }
    LlamaConfig saved = idkRows.isEmpty() ? config : config.withVocabSize(config.vocabSize() + 1);
    Map<String, long[]> shapes = new LinkedHashMap<>();
    shapes(saved).forEach((name, shape) -> shapes.put(name, shape.getShape()));
    SafetensorsWriter.write(directory.resolve("model.safetensors"), shapes, Map.of(), this::bytes);
    AtomicFiles.file(directory.resolve("config.json"), out -> out.write(ByteBuffer.wrap(Json.pretty(saved.toJson()))));
  }

  @Override
  public void close() {
    manager.close();
    files.ifPresent(Checkpoint::close);
  }

  private ByteBuffer bytes(String name) {
    NDArray array = get(name);
    NDArray row = idkRows.get(name);
    if (row == null) return array.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer rows = array.toByteBuffer();
    ByteBuffer last = row.toByteBuffer();
    ByteBuffer all = ByteBuffer.allocate(rows.remaining() + last.remaining());
    return all.put(rows).put(last).flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  private void put(String name, NDArray array) {
    array.setName(name);
    tensors.put(name, array);
  }

  private static boolean hasRows(String name) {
    return name.equals(EMBEDDING) || name.equals(OUTPUT);
  }

  private void setIdkRow(String name, NDArray row) {
    row.setName("idk");
    idkRows.put(name, row);
  }

  /** Takes the last row off; the rest is a view of the same memory. */
  private NDArray split(String name, NDArray matrix) {
    long rows = matrix.getShape().get(0) - 1;
    setIdkRow(name, matrix.get(new NDIndex("{}", rows)).duplicate());
    return matrix.get(new NDIndex("0:{}", rows));
  }

  /** Rows that are the mean of others, each of its own matrix. */
  private void addMeans(int[] tokens) {
    for (String name : config.tiedEmbeddings() ? List.of(EMBEDDING) : List.of(EMBEDDING, OUTPUT)) {
      try (NDManager scope = manager.newSubManager()) {
        NDArray rows = get(name).get(scope.create(tokens));
        NDArray mean = rows.toType(DataType.FLOAT32, false).mean(new int[] {0}).toType(type.engine(), false);
        mean.attach(manager);
        setIdkRow(name, mean);
      }
    }
  }

  /** True if a tensor may be there but is not needed: older checkpoints repeat the tied matrix and the rotary
   * frequencies. */
  public static boolean isSuperfluous(String name) {
    return name.endsWith("rotary_emb.inv_freq") || name.equals(OUTPUT);
  }

  /**
   * Checks that a checkpoint has no tensor that would not be computed with.
   *
   * @param names of its tensors
   * @throws ModelFormatException naming those that no such model has
   */
  public static void refuseUnexpected(Set<String> names, LlamaConfig config, Path directory)
      throws ModelFormatException {
    Set<String> rest = new TreeSet<>(names);
    rest.removeAll(shapes(config).keySet());
    rest.removeIf(LlamaWeights::isSuperfluous);
    if (!rest.isEmpty()) {
      throw new ModelFormatException(directory + " has tensors that a Llama of its config.json has not: " + rest);
    }
  }
}
