package dev.nescio.model.peft;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.model.files.AtomicFiles;
import dev.nescio.model.files.Json;
import dev.nescio.model.files.ModelFormatException;
import dev.nescio.model.files.SafetensorsReader;
import dev.nescio.model.files.SafetensorsWriter;
import dev.nescio.model.files.Sha256;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.Projection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
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
 * A LoRA adapter and, optionally, a row of its own for {@code <IDK>}, in the layout that PEFT reads and writes. An
 * adapted layer computes W x + s B A x, where s is alpha / rank (Hu et al. 2021, LoRA, section 4.1) or, when
 * rank-stabilised, alpha / sqrt(rank) (Kalajdzievski 2023, arXiv 2312.03732).
 *
 * @param rank           r, at least 1, the same for every pair
 * @param alpha          scaling numerator, above 0
 * @param rankStabilised true to divide alpha by the root of the rank
 * @param pairs          A and B of each adapted layer; any subset of the linear layers
 * @param idkRow         [H] the whole embedding row, not a difference; empty when the base's row is used
 * @param idkOutputRow   [H] the whole row of an output matrix that is not the embedding; empty when the base's is used
 * @param idkId          id of {@code <IDK>}; there when {@code idkRow} is
 */
public record PeftAdapter(
    int rank, double alpha, boolean rankStabilised, Map<Place, Pair> pairs, Optional<float[]> idkRow,
    Optional<float[]> idkOutputRow, Optional<Integer> idkId) {

  static final String WEIGHTS = "adapter_model.safetensors";
  private static final String PREFIX = "base_model.model.";
  private static final String IDK_ROW = PREFIX + "model.embed_tokens.token_adapter.trainable_tokens_delta";
  private static final String IDK_OUTPUT_ROW = PREFIX + "lm_head.token_adapter.trainable_tokens_delta";

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
  public record Pair(float[] a, float[] b) {

    /** The same product at a higher rank: zeros are added and B is scaled. */
    private Pair filled(int from, int to, double scaling) {
      int out = b.length / from;
      float[] wide = new float[out * to];
      for (int row = 0; row < out; row++) {
        for (int i = 0; i < from; i++) wide[row * to + i] = (float) (scaling * b[row * from + i]);
      }
      return new Pair(Arrays.copyOf(a, a.length / from * to), wide);
    }
  }

  public PeftAdapter {
    if (rank < 1) throw new IllegalArgumentException("rank must be at least 1, is " + rank);
    if (!(alpha > 0) || Double.isInfinite(alpha)) {
      throw new IllegalArgumentException("alpha must be above 0, is " + alpha);
    }
    if (idkRow.isPresent() != idkId.isPresent()) {
      throw new IllegalArgumentException("a row for <IDK> needs its id, and an id its row");
    }
    if (idkOutputRow.isPresent() && idkRow.isEmpty()) {
      throw new IllegalArgumentException("an output row for <IDK> needs its embedding row");
    }
    pairs.forEach((place, pair) -> {
      if (pair.a().length % rank != 0 || pair.b().length % rank != 0) {
        throw new IllegalArgumentException("the pair of " + place.path() + " is not of rank " + rank);
      }
    });
    pairs = Collections.unmodifiableMap(new TreeMap<>(pairs));
  }

  /** For a model whose output matrix is the embedding. */
  public PeftAdapter(
      int rank, double alpha, boolean rankStabilised, Map<Place, Pair> pairs, Optional<float[]> idkRow,
      Optional<Integer> idkId) {
    this(rank, alpha, rankStabilised, pairs, idkRow, Optional.empty(), idkId);
  }

  /** Scaled by alpha / rank. */
  public PeftAdapter(
      int rank, double alpha, Map<Place, Pair> pairs, Optional<float[]> idkRow, Optional<Integer> idkId) {
    this(rank, alpha, false, pairs, idkRow, idkId);
  }

  /** What B A x is multiplied by: alpha / rank, or alpha / sqrt(rank). */
  public double scaling() {
    return alpha / (rankStabilised ? Math.sqrt(rank) : rank);
  }

  /** The adapted projections. */
  public Set<Projection> targets() {
    Set<Projection> targets = new TreeSet<>();
    for (Place place : pairs.keySet()) targets.add(place.projection());
    return targets;
  }

  /**
   * Reads a directory with {@code adapter_config.json} and {@code adapter_model.safetensors}. Pairs of different ranks
   * or alphas ({@code rank_pattern}, {@code alpha_pattern}) come out as pairs of the highest rank, filled up with zeros
   * and scaled by 1, which computes the same.
   *
   * @param config shape of the base
   * @throws ModelFormatException naming the file, when a tensor is missing, unexpected, of another shape or holds
   *     something that is no number, or the configuration asks for something that is not computed here
   */
  public static PeftAdapter read(Path directory, LlamaConfig config) throws IOException {
    PeftConfig peft = PeftConfig.read(directory, config);
    Path file = directory.resolve(WEIGHTS);
    boolean alike = Set.copyOf(peft.strengths().values()).size() < 2;
    int rank = peft.highestRank();
    Map<Place, Pair> pairs = new TreeMap<>();
    Optional<float[]> idkRow = Optional.empty();
    Optional<float[]> idkOutputRow = Optional.empty();
    if (peft.idkOutput() && config.tiedEmbeddings()) {
      throw new ModelFormatException(directory.resolve(PeftConfig.FILE)
          + " trains a row of lm_head, but the output matrix of the base is its embedding");
    }
    try (SafetensorsReader reader = new SafetensorsReader(file)) {
      Set<String> unexpected = new TreeSet<>(reader.names());
      for (Map.Entry<Place, PeftConfig.Strength> entry : peft.strengths().entrySet()) {
        Place place = entry.getKey();
        int own = entry.getValue().rank();
        Pair pair = new Pair(
            finite(reader, file, a(place), own, place.projection().in(config)),
            finite(reader, file, b(place), place.projection().out(config), own));
        pairs.put(place, alike ? pair : pair.filled(own, rank, peft.scaling(entry.getValue())));
        unexpected.removeAll(List.of(a(place), b(place)));
      }
      if (peft.idkId().isPresent()) {
        idkRow = Optional.of(finite(reader, file, IDK_ROW, 1, config.hiddenSize()));
        unexpected.remove(IDK_ROW);
      }
      if (peft.idkOutput()) {
        idkOutputRow = Optional.of(finite(reader, file, IDK_OUTPUT_ROW, 1, config.hiddenSize()));
        unexpected.remove(IDK_OUTPUT_ROW);
      }
      if (!unexpected.isEmpty()) throw new ModelFormatException(file + " has unexpected tensors " + unexpected);
    }
    if (!alike) return new PeftAdapter(rank, rank, false, pairs, idkRow, idkOutputRow, peft.idkId());
    double alpha = peft.strengths().values().stream().findFirst().map(PeftConfig.Strength::alpha).orElse(peft.alpha());
    return new PeftAdapter(rank, alpha, peft.rankStabilised(), pairs, idkRow, idkOutputRow, peft.idkId());
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
    if (idkOutputRow.isPresent()) shapes.put(IDK_OUTPUT_ROW, new long[] {1, config.hiddenSize()});
    for (Place place : pairs.keySet()) {
      shapes.put(a(place), new long[] {rank, place.projection().in(config)});
      shapes.put(b(place), new long[] {place.projection().out(config), rank});
    }
    SafetensorsWriter.write(directory.resolve(WEIGHTS), shapes, Map.of(), name -> littleEndian(tensors.get(name)));
    byte[] json = Json.pretty(json(config, base));
    AtomicFiles.file(directory.resolve(PeftConfig.FILE), out -> out.write(ByteBuffer.wrap(json)));
  }

  /** SHA-256 of weights and scaling, lower-case hex: the id of this adapter, wherever it lies. */
  public String id() {
    MessageDigest digest = Sha256.newDigest();
    String settings = "rank=" + rank + ",alpha=" + alpha + ",rankStabilised=" + rankStabilised + ",idk=" + idkId;
    digest.update(settings.getBytes(StandardCharsets.UTF_8));
    for (Map.Entry<String, float[]> tensor : tensors().entrySet()) {
      digest.update(tensor.getKey().getBytes(StandardCharsets.UTF_8));
      digest.update(littleEndian(tensor.getValue()));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private ObjectNode json(LlamaConfig config, String base) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("peft_type", "LORA").put("task_type", "CAUSAL_LM").put("base_model_name_or_path", base);
    json.put("r", rank);
    if (alpha == Math.rint(alpha)) {
      json.put("lora_alpha", (long) alpha);
    } else {
      json.put("lora_alpha", alpha);
    }
    PeftTargets.write(json, pairs.keySet(), config);
    json.put("lora_dropout", 0.0).put("bias", "none").put("fan_in_fan_out", false).put("use_rslora", rankStabilised)
        .put("use_dora", false).put("init_lora_weights", true).put("inference_mode", true);
    json.putNull("modules_to_save");
    idkId.ifPresent(id -> {
      ObjectNode tokens = json.putObject("trainable_token_indices");
      tokens.putArray("embed_tokens").add(id);
      if (idkOutputRow.isPresent()) tokens.putArray("lm_head").add(id);
    });
    return json;
  }

  private Map<String, float[]> tensors() {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    idkRow.ifPresent(row -> tensors.put(IDK_ROW, row));
    idkOutputRow.ifPresent(row -> tensors.put(IDK_OUTPUT_ROW, row));
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

  private static float[] finite(SafetensorsReader reader, Path file, String name, long rows, long columns)
      throws ModelFormatException {
    float[] values = reader.floats(name, rows, columns);
    for (float value : values) {
      if (!Float.isFinite(value)) throw new ModelFormatException(file + ": tensor " + name + " holds " + value);
    }
    return values;
  }

  private static ByteBuffer littleEndian(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }
}
