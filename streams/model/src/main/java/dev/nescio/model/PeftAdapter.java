package dev.nescio.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A LoRA adapter and, optionally, a row of its own for {@code <IDK>}, in the layout that PEFT reads and writes. A layer
 * computes W x + (alpha / rank) B A x. Source: Hu et al. 2021, LoRA, equation 3.
 *
 * @param rank    r, at least 1
 * @param alpha   scaling numerator
 * @param pairs   A and B of each adapted layer; every layer of the model has the same projections
 * @param idkRow  [H] the whole row, not a difference; empty when the base's row is used
 * @param idkId   id of {@code <IDK>}; there when {@code idkRow} is
 */
public record PeftAdapter(
    int rank, double alpha, Map<Place, Pair> pairs, Optional<float[]> idkRow, Optional<Integer> idkId) {

  static final String WEIGHTS = "adapter_model.safetensors";
  private static final String PREFIX = "base_model.model.";
  private static final String IDK_ROW = PREFIX + "model.embed_tokens.token_adapter.trainable_tokens_delta";

  /** Where a pair belongs. */
  public record Place(int layer, Projection projection) implements Comparable<Place> {

    String path() {
      return PREFIX + projection.path(layer);
    }

    @Override
    public int compareTo(Place other) {
      int byLayer = Integer.compare(layer, other.layer);
      return byLayer != 0 ? byLayer : projection.compareTo(other.projection);
    }
  }

  /**
   * A low-rank pair, row-major; not to be changed.
   *
   * @param a [r, in]
   * @param b [out, r], not scaled
   */
  public record Pair(float[] a, float[] b) {}

  public PeftAdapter {
    if (rank < 1) throw new IllegalArgumentException("rank must be at least 1, is " + rank);
    if (!(alpha > 0) || Double.isInfinite(alpha)) {
      throw new IllegalArgumentException("alpha must be above 0, is " + alpha);
    }
    if (idkRow.isPresent() != idkId.isPresent()) {
      throw new IllegalArgumentException("a row for <IDK> needs its id, and an id its row");
    }
    pairs = Collections.unmodifiableMap(new TreeMap<>(pairs));
  }

  /** alpha / rank. */
  public double scaling() {
    return alpha / rank;
  }

  /** The adapted projections. */
  public Set<Projection> targets() {
    Set<Projection> targets = new TreeSet<>();
    for (Place place : pairs.keySet()) targets.add(place.projection());
    return targets;
  }

  /**
   * Reads a directory with {@code adapter_config.json} and {@code adapter_model.safetensors}.
   *
   * @param config shape of the base
   * @throws ModelFormatException naming the file, when a tensor is missing, unexpected or of another shape, or the
   *     configuration asks for something that is not plain LoRA
   */
  public static PeftAdapter read(Path directory, LlamaConfig config) throws IOException {
    PeftConfig peft = PeftConfig.read(directory);
    Path file = directory.resolve(WEIGHTS);
    Map<Place, Pair> pairs = new TreeMap<>();
    Optional<float[]> idkRow = Optional.empty();
    try (SafetensorsReader reader = new SafetensorsReader(file)) {
      Set<String> unexpected = new TreeSet<>(reader.names());
      for (int layer = 0; layer < config.layers(); layer++) {
        for (Projection projection : peft.targets()) {
          Place place = new Place(layer, projection);
          pairs.put(place, new Pair(
              reader.floats(a(place), peft.rank(), projection.in(config)),
              reader.floats(b(place), projection.out(config), peft.rank())));
          unexpected.removeAll(List.of(a(place), b(place)));
        }
      }
      if (peft.idkId().isPresent()) {
        idkRow = Optional.of(reader.floats(IDK_ROW, 1, config.hiddenSize()));
        unexpected.remove(IDK_ROW);
      }
      if (!unexpected.isEmpty()) throw new ModelFormatException(file + " has unexpected tensors " + unexpected);
    }
    return new PeftAdapter(peft.rank(), peft.alpha(), pairs, idkRow, peft.idkId());
  }

  /**
   * Writes both files, each whole or not at all; the tokenizer is the caller's to add.
   *
   * @param base name or place of the base model, for other tools
   */
  public void write(Path directory, LlamaConfig config, String base) throws IOException {
    Map<String, float[]> tensors = tensors();
    Map<String, long[]> shapes = new LinkedHashMap<>();
    if (idkRow.isPresent()) shapes.put(IDK_ROW, new long[] {1, config.hiddenSize()});
    for (Place place : pairs.keySet()) {
      shapes.put(a(place), new long[] {rank, place.projection().in(config)});
      shapes.put(b(place), new long[] {place.projection().out(config), rank});
    }
    SafetensorsWriter.write(directory.resolve(WEIGHTS), shapes, Map.of(), name -> littleEndian(tensors.get(name)));
    peftConfig().write(directory, base);
  }

  /** SHA-256 of weights and configuration, lower-case hex: the id of this adapter, wherever it lies. */
  public String id() {
    MessageDigest digest = ModelCache.newDigest();
    digest.update(peftConfig().toString().getBytes(StandardCharsets.UTF_8));
    for (Map.Entry<String, float[]> tensor : tensors().entrySet()) {
      digest.update(tensor.getKey().getBytes(StandardCharsets.UTF_8));
      digest.update(littleEndian(tensor.getValue()));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private PeftConfig peftConfig() {
    return new PeftConfig(rank, alpha, new ArrayList<>(targets()), idkId);
  }

  private Map<String, float[]> tensors() {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    idkRow.ifPresent(row -> tensors.put(IDK_ROW, row));
    pairs.forEach((place, pair) -> {
      tensors.put(a(place), pair.a());
      tensors.put(b(place), pair.b());
    });
    return tensors;
  }

  private static String a(Place place) {
    return place.path() + ".lora_A.weight";
  }

  private static String b(Place place) {
    return place.path() + ".lora_B.weight";
  }

  private static ByteBuffer littleEndian(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }
}
