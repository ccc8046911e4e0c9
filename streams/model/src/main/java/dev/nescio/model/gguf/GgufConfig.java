package dev.nescio.model.gguf;

import dev.nescio.model.files.ModelFormatException;
import dev.nescio.model.llama.Family;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.Projection;
import dev.nescio.model.llama.RopeScaling;
import dev.nescio.model.llama.SlidingWindow;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The shape of a model from GGUF metadata, whose keys begin with the architecture: {@code llama} (Llama, and Mistral,
 * which llama.cpp stores under that name) or {@code qwen2}. Source: ggml's {@code docs/gguf.md} and llama.cpp's
 * converter.
 */
record GgufConfig(GgufReader gguf, String architecture) {

  static final String ROPE_FACTORS = "rope_freqs.weight";

  private static final double ROPE_THETA = 10_000;
  /** What Llama 3.1 was published with; the file has only what comes of it. */
  private static final int LLAMA_3_CONTEXT = 8192;
  private static final double LLAMA_3_LOW = 1;
  private static final double LLAMA_3_HIGH = 4;
  private static final double CLOSE = 1e-3;

  static GgufConfig of(GgufReader gguf) throws ModelFormatException {
    String architecture = gguf.value("general.architecture", String.class);
    if (!architecture.equals("llama") && !architecture.equals("qwen2")) {
      throw new ModelFormatException(
          gguf.file() + " is a '" + architecture + "'; the architectures llama and qwen2 are supported");
    }
    return new GgufConfig(gguf, architecture);
  }

  /** True when the rows of q and k are stored in the order of llama.cpp's rotary embedding. */
  boolean permuted() {
    return architecture.equals("llama");
  }

  int contextLength() throws ModelFormatException {
    return integer("context_length");
  }

  LlamaConfig config() throws ModelFormatException {
    int heads = integer("attention.head_count");
    int hidden = integer("embedding_length");
    int layers = integer("block_count");
    if (layers > gguf.tensors().size()) {
      throw new ModelFormatException(
          gguf.file() + " announces " + layers + " layers, but has only " + gguf.tensors().size() + " tensors");
    }
    Optional<Integer> window = has("attention.sliding_window") && integer("attention.sliding_window") > 0
        ? Optional.of(integer("attention.sliding_window")) : Optional.empty();
    boolean qwen2 = architecture.equals("qwen2");
    Family family = qwen2 ? Family.QWEN2 : window.isPresent() ? Family.MISTRAL : Family.LLAMA;
    // The file does not say which layers of a Qwen2 have the window; what fits into it is the same in all.
    int context = qwen2 ? Math.min(contextLength(), window.orElse(Integer.MAX_VALUE)) : contextLength();
    try {
      int headDim = headDim(hidden, heads);
      double theta = has("rope.freq_base") ? number("rope.freq_base") : ROPE_THETA;
      return new LlamaConfig(
          family,
          Math.toIntExact(gguf.tensor("token_embd.weight").rows()),
          hidden,
          integer("feed_forward_length"),
          layers,
          heads,
          has("attention.head_count_kv") ? integer("attention.head_count_kv") : heads,
          headDim,
          number("attention.layer_norm_rms_epsilon"),
          theta,
          scaling(theta, headDim),
          context,
          window.filter(w -> !qwen2).map(tokens -> SlidingWindow.ofLayers(tokens, 0, layers)),
          !gguf.tensors().containsKey("output.weight"),
          biases(family),
          token("bos_token_id"),
          ends());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ModelFormatException(gguf.file() + ": " + e.getMessage(), e);
    }
  }

  private int headDim(int hidden, int heads) throws ModelFormatException {
    int rotated = has("rope.dimension_count") ? integer("rope.dimension_count") : heads > 0 ? hidden / heads : 0;
    int keys = has("attention.key_length") ? integer("attention.key_length") : rotated;
    int values = has("attention.value_length") ? integer("attention.value_length") : keys;
    if (keys != rotated || values != keys) {
      throw new ModelFormatException(gguf.file() + " has heads of " + keys + " and " + values + " numbers of which "
          + rotated + " are rotated; only models that rotate whole heads are supported");
    }
    return keys;
  }

  private RopeScaling scaling(double theta, int headDim) throws ModelFormatException {
    String type = has("rope.scaling.type") ? gguf.value(key("rope.scaling.type"), String.class) : "none";
    RopeScaling announced = switch (type) {
      case "none" -> new RopeScaling.None();
      case "linear" -> new RopeScaling.Linear(number("rope.scaling.factor"));
      default -> throw new ModelFormatException(
          gguf.file() + " scales its rotary embedding by '" + type + "', which is not supported");
    };
    if (!gguf.tensors().containsKey(ROPE_FACTORS)) return announced;
    return llama3(theta, headDim);
  }

  /** The file holds the divisors of the frequencies; the settings that they come from are found and checked. */
  private RopeScaling llama3(double theta, int headDim) throws ModelFormatException {
    GgufReader.Tensor tensor = gguf.tensor(ROPE_FACTORS);
    String refusal = gguf.file() + " scales its rotary embedding by factors in " + ROPE_FACTORS
        + " that are not those of Llama 3, which is not supported";
    if (tensor.elements() != headDim / 2 || tensor.type() != GgmlType.F32) throw new ModelFormatException(refusal);
    ByteBuffer factors = gguf.float32(ROPE_FACTORS);
    double most = 1;
    for (int i = 0; i < headDim / 2; i++) most = Math.max(most, factors.getFloat(i * Float.BYTES));
    int original = has("rope.scaling.original_context_length")
        ? integer("rope.scaling.original_context_length") : LLAMA_3_CONTEXT;
    RopeScaling scaling = most == 1 ? new RopeScaling.None()
        : new RopeScaling.Llama3(Math.rint(most), LLAMA_3_LOW, LLAMA_3_HIGH, original);
    for (int i = 0; i < headDim / 2; i++) {
      double inverse = Math.pow(theta, -2.0 * i / headDim);
      double expected = inverse / scaling.scaled(inverse);
      if (!(Math.abs(factors.getFloat(i * Float.BYTES) - expected) <= CLOSE * expected)) {
        throw new ModelFormatException(refusal);
      }
    }
    return scaling;
  }

  private Set<Projection> biases(Family family) throws ModelFormatException {
    if (family == Family.QWEN2) return EnumSet.of(Projection.Q, Projection.K, Projection.V);
    Set<Projection> found = EnumSet.noneOf(Projection.class);
    for (Projection projection : Projection.values()) {
      if (gguf.tensors().containsKey(GgufNames.stored(projection.path(0) + ".bias"))) found.add(projection);
    }
    Set<Projection> attention = EnumSet.of(Projection.Q, Projection.K, Projection.V, Projection.O);
    Set<Projection> feedForward = EnumSet.of(Projection.GATE, Projection.UP, Projection.DOWN);
    for (Set<Projection> together : List.of(attention, feedForward)) {
      if (found.stream().anyMatch(together::contains) && !found.containsAll(together)) {
        throw new ModelFormatException(gguf.file() + " has biases of " + found + " only, which no Llama has");
      }
    }
    return found;
  }

  private List<Integer> ends() throws ModelFormatException {
    Set<Integer> ends = new LinkedHashSet<>();
    token("eos_token_id").ifPresent(ends::add);
    token("eot_token_id").ifPresent(ends::add);
    return List.copyOf(ends);
  }

  private Optional<Integer> token(String name) throws ModelFormatException {
    String key = "tokenizer.ggml." + name;
    return gguf.has(key) ? Optional.of(gguf.integer(key)) : Optional.empty();
  }

  private boolean has(String key) {
    return gguf.has(key(key));
  }

  private int integer(String key) throws ModelFormatException {
    return gguf.integer(key(key));
  }

  private double number(String key) throws ModelFormatException {
    return gguf.value(key(key), Number.class).doubleValue();
  }

  private String key(String key) {
    return architecture + "." + key;
  }
}
