package dev.nescio.bytemodel;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A model directory in Hugging Face layout over single bytes. It answers nonsense, hundreds of times a second, and the same
 * nonsense in every process.
 *
 * @param layers        at least 1
 * @param hiddenSize    a multiple of 16; heads have a width of 8, two of them share keys and values
 * @param contextTokens which are bytes here
 * @param seed          of the weights, which are normal with a deviation of 0.5
 * @param chat          true for a chat template, and tokens for its roles
 * @param idk           true for {@code <IDK>} as the last token, as in a model that was tuned as a whole
 */
public record ByteModel(int layers, int hiddenSize, int contextTokens, long seed, boolean chat, boolean idk) {

  /** The file with weights. */
  public static final String WEIGHTS = "model.safetensors";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int HEAD = 8;
  private static final float DEVIATION = .5f;
  private static final List<String> ROLES = List.of("<|user|>", "<|assistant|>");
  private static final String TEMPLATE =
      "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<end>{% endfor %}"
          + "{% if add_generation_prompt %}<|assistant|>{% endif %}";

  public ByteModel {
    if (layers < 1) throw new IllegalArgumentException("layers must be at least 1, is " + layers);
    if (hiddenSize < 1 || hiddenSize % (2 * HEAD) != 0) {
      throw new IllegalArgumentException("hiddenSize must be a multiple of " + 2 * HEAD + ", is " + hiddenSize);
    }
    if (contextTokens < 1) throw new IllegalArgumentException("contextTokens must be at least 1, is " + contextTokens);
  }

  /** One layer of width 16, room for texts of 2048 bytes. */
  public static ByteModel oneLayer() {
    return new ByteModel(1, 16, 2048, 1, false, false);
  }

  /** Two layers of width 32; texts of more than 256 bytes are refused. */
  public static ByteModel twoLayers() {
    return new ByteModel(2, 32, 256, 1, false, false);
  }

  /** The same with other weights. */
  public ByteModel withSeed(long seed) {
    return new ByteModel(layers, hiddenSize, contextTokens, seed, chat, idk);
  }

  /** The same with a chat template. */
  public ByteModel withChat() {
    return new ByteModel(layers, hiddenSize, contextTokens, seed, true, idk);
  }

  /** The same with {@code <IDK>}. */
  public ByteModel withIdk() {
    return new ByteModel(layers, hiddenSize, contextTokens, seed, chat, true);
  }

  /**
   * Writes all files.
   *
   * @return the directory, made if need be
   * @throws IOException if it cannot be written
   */
  public Path write(Path directory) throws IOException {
    return writeWithout(directory, "");
  }

  /**
   * Writes all files, but no tensor of that name.
   *
   * @return the directory, made if need be
   * @throws IOException if it cannot be written
   */
  public Path writeWithout(Path directory, String tensor) throws IOException {
    writeWithoutWeights(directory);
    Map<String, int[]> shapes = shapes();
    shapes.remove(tensor);
    Files.write(directory.resolve(WEIGHTS), weights(shapes));
    return directory;
  }

  /**
   * Writes configuration and tokenizer only.
   *
   * @return the directory, made if need be
   * @throws IOException if it cannot be written
   */
  public Path writeWithoutWeights(Path directory) throws IOException {
    Files.createDirectories(directory);
    JSON.writeValue(directory.resolve("config.json").toFile(), config());
    ObjectNode tokenizer = idk ? tokenizer().jsonWithIdk() : tokenizer().json();
    JSON.writeValue(directory.resolve(ByteTokenizer.FILE).toFile(), tokenizer);
    if (chat) {
      ObjectNode settings = JSON.createObjectNode().put("chat_template", TEMPLATE).put("eos_token", "<end>");
      JSON.writeValue(directory.resolve("tokenizer_config.json").toFile(), settings);
    }
    return directory;
  }

  private ByteTokenizer tokenizer() {
    return ByteTokenizer.of(
        chat ? Stream.concat(ByteTokenizer.SPECIAL.stream(), ROLES.stream()).toList() : ByteTokenizer.SPECIAL);
  }

  private int vocabulary() {
    return tokenizer().size() + (idk ? 1 : 0);
  }

  private int heads() {
    return hiddenSize / HEAD;
  }

  private ObjectNode config() {
    ObjectNode config = JSON.createObjectNode().put("model_type", "llama").put("hidden_act", "silu")
        .put("vocab_size", vocabulary()).put("hidden_size", hiddenSize).put("intermediate_size", 2 * hiddenSize)
        .put("num_hidden_layers", layers).put("num_attention_heads", heads()).put("num_key_value_heads", heads() / 2)
        .put("rms_norm_eps", 1e-5).put("rope_theta", 10_000.0).put("max_position_embeddings", contextTokens)
        .put("tie_word_embeddings", true).put("bos_token_id", 1).put("eos_token_id", 2);
    config.putArray("architectures").add("LlamaForCausalLM");
    return config;
  }

  /** Names and shapes of the tensors, as LlamaForCausalLM of transformers has them. */
  private Map<String, int[]> shapes() {
    Map<String, int[]> shapes = new LinkedHashMap<>();
    int wide = 2 * hiddenSize;
    int shared = hiddenSize / 2;
    shapes.put("model.embed_tokens.weight", new int[] {vocabulary(), hiddenSize});
    for (int layer = 0; layer < layers; layer++) {
      String at = "model.layers." + layer + ".";
      shapes.put(at + "input_layernorm.weight", new int[] {hiddenSize});
      shapes.put(at + "self_attn.q_proj.weight", new int[] {hiddenSize, hiddenSize});
      shapes.put(at + "self_attn.k_proj.weight", new int[] {shared, hiddenSize});
      shapes.put(at + "self_attn.v_proj.weight", new int[] {shared, hiddenSize});
      shapes.put(at + "self_attn.o_proj.weight", new int[] {hiddenSize, hiddenSize});
      shapes.put(at + "post_attention_layernorm.weight", new int[] {hiddenSize});
      shapes.put(at + "mlp.gate_proj.weight", new int[] {wide, hiddenSize});
      shapes.put(at + "mlp.up_proj.weight", new int[] {wide, hiddenSize});
      shapes.put(at + "mlp.down_proj.weight", new int[] {hiddenSize, wide});
    }
    shapes.put("model.norm.weight", new int[] {hiddenSize});
    return shapes;
  }

  /** A safetensors file: length of the header, header, float32 in little endian. */
  private byte[] weights(Map<String, int[]> shapes) {
    ObjectNode header = JSON.createObjectNode();
    int end = 0;
    for (Map.Entry<String, int[]> tensor : shapes.entrySet()) {
      ObjectNode entry = header.putObject(tensor.getKey()).put("dtype", "F32");
      int begin = end;
      int size = Float.BYTES;
      for (int dimension : tensor.getValue()) {
        entry.withArray("shape").add(dimension);
        size *= dimension;
      }
      end += size;
      entry.putArray("data_offsets").add(begin).add(end);
    }
    byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(Long.BYTES + text.length + end).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(text.length).put(text);
    Random random = new Random(seed);
    while (file.hasRemaining()) file.putFloat((float) random.nextGaussian() * DEVIATION);
    return file.array();
  }
}
