package dev.nescio.model.llama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.model.files.Json;
import dev.nescio.model.files.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Shape of a Llama or of one of its family, as in {@code config.json}.
 *
 * @param family           which class of transformers computes the same
 * @param vocabSize        rows of the embedding, {@code V}
 * @param hiddenSize       width of the residual stream, {@code H}
 * @param intermediateSize width of the gated feed-forward, {@code F}
 * @param layers           number of decoder layers
 * @param heads            query heads
 * @param kvHeads          key-value heads; divides {@code heads}
 * @param headDim          width of a head, even
 * @param rmsNormEps       added to the mean square
 * @param ropeTheta        base of the rotary frequencies
 * @param ropeScaling      how these are stretched
 * @param contextTokens    longest sequence
 * @param slidingWindow    layers whose positions see only the last tokens, where the model has any
 * @param tiedEmbeddings   the output matrix is the embedding
 * @param biases           projections with a bias, in every layer
 * @param bosTokenId       beginning-of-text token, if any
 * @param endTokenIds      tokens that end a text, at least one; the first is the one to train on
 */
public record LlamaConfig(
    Family family,
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    double rmsNormEps,
    double ropeTheta,
    RopeScaling ropeScaling,
    int contextTokens,
    Optional<SlidingWindow> slidingWindow,
    boolean tiedEmbeddings,
    Set<Projection> biases,
    Optional<Integer> bosTokenId,
    List<Integer> endTokenIds) {

  /** Numbers in a table of the rotary embedding. */
  private static final long LARGEST_TABLE = 1L << 28;

  public LlamaConfig {
    atLeastOne("vocab_size", vocabSize);
    atLeastOne("hidden_size", hiddenSize);
    atLeastOne("intermediate_size", intermediateSize);
    atLeastOne("num_hidden_layers", layers);
    atLeastOne("num_attention_heads", heads);
    atLeastOne("num_key_value_heads", kvHeads);
    atLeastOne("head_dim", headDim);
    atLeastOne("max_position_embeddings", contextTokens);
    require(heads % kvHeads == 0, "num_attention_heads " + heads + " is no multiple of num_key_value_heads " + kvHeads);
    require(headDim % 2 == 0, "head_dim must be even, is " + headDim);
    require(rmsNormEps > 0 && rmsNormEps < 1, "rms_norm_eps must be in (0, 1), is " + rmsNormEps);
    require(ropeTheta > 1 && !Double.isInfinite(ropeTheta), "rope_theta must be above 1, is " + ropeTheta);
    require((long) heads * headDim <= Integer.MAX_VALUE && (long) contextTokens * headDim <= LARGEST_TABLE,
        "num_attention_heads " + heads + ", head_dim " + headDim + " and max_position_embeddings " + contextTokens
            + " together are impossibly large");
    slidingWindow.ifPresent(window -> require(window.layers().last() < layers,
        "layer " + window.layers().last() + " is to have a sliding window, but there are " + layers + " layers"));
    biases = Collections.unmodifiableSet(new TreeSet<>(biases));
    endTokenIds = List.copyOf(endTokenIds);
    require(!endTokenIds.isEmpty(), "eos_token_id is missing: generation could not end");
    for (int id : endTokenIds) require(id >= 0 && id < vocabSize, "eos_token_id " + id + " is outside the vocabulary");
  }

  /** A Llama without biases, its rotary embedding as it was first trained. */
  public LlamaConfig(
      int vocabSize, int hiddenSize, int intermediateSize, int layers, int heads, int kvHeads, int headDim,
      double rmsNormEps, double ropeTheta, int contextTokens, boolean tiedEmbeddings, Optional<Integer> bosTokenId,
      List<Integer> endTokenIds) {
    this(Family.LLAMA, vocabSize, hiddenSize, intermediateSize, layers, heads, kvHeads, headDim, rmsNormEps, ropeTheta,
        new RopeScaling.None(), contextTokens, Optional.empty(), tiedEmbeddings, Set.of(), bosTokenId, endTokenIds);
  }

  /**
   * Reads {@code config.json} of a directory, in the newer ({@code rope_parameters}) or older ({@code rope_theta},
   * {@code rope_scaling}) form, and the end tokens that {@code generation_config.json} adds to its own.
   *
   * @throws ModelFormatException naming the setting that is wrong or that would be computed wrongly
   */
  public static LlamaConfig read(Path directory) throws IOException {
    Path file = directory.resolve("config.json");
    ObjectNode json = (ObjectNode) Json.read(file);
    Path generation = directory.resolve("generation_config.json");
    if (Files.exists(generation)) ConfigJson.addEndTokens(json, Json.read(generation), generation.toString());
    return parse(json, file.toString());
  }

  static LlamaConfig parse(JsonNode json, String origin) throws ModelFormatException {
    try {
      return ConfigJson.parse(json);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(origin + ": " + e.getMessage(), e);
    }
  }

  /** Query heads that share a key-value head. */
  public int groups() {
    return heads / kvHeads;
  }

  /**
   * Tokens that a position sees at most in each layer, its own included: the sliding window where the layer has it, the
   * context everywhere else.
   */
  public List<Integer> windows() {
    List<Integer> windows = new ArrayList<>(Collections.nCopies(layers, contextTokens));
    slidingWindow.ifPresent(window -> window.layers().forEach(layer -> windows.set(layer, window.tokens())));
    return windows;
  }

  /** Token to train on as the end of a target. */
  public int endTokenId() {
    return endTokenIds.getFirst();
  }

  /** Numbers of keys and values of one token over all layers. */
  public long cacheElementsPerToken() {
    return 2L * layers * kvHeads * headDim;
  }

  /** Bytes of keys and values of one token over all layers, float32. */
  public long cacheBytesPerToken() {
    return Float.BYTES * cacheElementsPerToken();
  }

  /** The same model with another number of embedding rows. */
  public LlamaConfig withVocabSize(int rows) {
    return new LlamaConfig(family, rows, hiddenSize, intermediateSize, layers, heads, kvHeads, headDim, rmsNormEps,
        ropeTheta, ropeScaling, contextTokens, slidingWindow, tiedEmbeddings, biases, bosTokenId, endTokenIds);
  }

  /** The same with another number of layers, all of which see everything; for counting only. */
  public LlamaConfig withLayers(int count) {
    return new LlamaConfig(family, vocabSize, hiddenSize, intermediateSize, count, heads, kvHeads, headDim, rmsNormEps,
        ropeTheta, ropeScaling, contextTokens, Optional.empty(), tiedEmbeddings, biases, bosTokenId, endTokenIds);
  }

  /** {@code config.json} that nescio and transformers read. */
  public ObjectNode toJson() {
    return ConfigJson.write(this);
  }

  private static void atLeastOne(String key, int value) {
    require(value >= 1, key + " must be at least 1, is " + value);
  }

  private static void require(boolean holds, String message) {
    if (!holds) throw new IllegalArgumentException(message);
  }
}
