package dev.nescio.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns a GGUF Llama into a directory in Hugging Face layout, float32: {@code config.json}, {@code model.safetensors},
 * {@code tokenizer.json}, {@code tokenizer_config.json}, {@code generation_config.json}.
 *
 * <p>The rows of q and k, which GGUF permutes for its rotary embedding, are put back.
 */
public final class GgufImport {

  private static final Map<String, String> LAYER_NAMES = Map.of(
      "input_layernorm", "attn_norm",
      "self_attn.q_proj", "attn_q",
      "self_attn.k_proj", "attn_k",
      "self_attn.v_proj", "attn_v",
      "self_attn.o_proj", "attn_output",
      "post_attention_layernorm", "ffn_norm",
      "mlp.gate_proj", "ffn_gate",
      "mlp.up_proj", "ffn_up",
      "mlp.down_proj", "ffn_down");

  private GgufImport() {}

  /**
   * Imports a file.
   *
   * @param gguf      GGUF version 2 or 3, architecture {@code llama}, types F32, F16, Q4_0, Q4_1, Q8_0
   * @param directory made by this call, whole or not at all
   * @throws ModelFormatException naming the file and what cannot be imported
   */
  public static void importTo(Path gguf, Path directory) throws IOException {
    try (GgufReader reader = new GgufReader(gguf)) {
      LlamaConfig config = config(reader, gguf);
      GgufTokenizer tokenizer = new GgufTokenizer(reader);
      Map<String, Source> sources = sources(reader, config, gguf);
      AtomicFiles.directory(directory, place -> {
        Files.write(place.resolve("tokenizer.json"), Json.MAPPER.writeValueAsBytes(tokenizer.tokenizerJson()));
        Files.write(place.resolve("tokenizer_config.json"), Json.pretty(tokenizer.tokenizerConfig()));
        Files.write(place.resolve("config.json"), Json.pretty(config.toJson()));
        Files.write(place.resolve("generation_config.json"), Json.pretty(generationConfig(config)));
        Map<String, long[]> shapes = new LinkedHashMap<>();
        LlamaWeights.shapes(config).forEach((name, shape) -> shapes.put(name, shape.getShape()));
        SafetensorsWriter.write(
            place.resolve("model.safetensors"), shapes, Map.of(), name -> sources.get(name).bytes(reader));
      });
    }
  }

  /** A tensor to take over, with the number of heads whose rows are permuted, 0 for none. */
  private record Source(String name, int permutedHeads) {

    ByteBuffer bytes(GgufReader reader) throws ModelFormatException {
      ByteBuffer bytes = reader.float32(name);
      if (permutedHeads == 0) return bytes;
      GgufReader.Tensor tensor = reader.tensor(name);
      return restored(bytes, (int) tensor.rows(), (int) tensor.columns(), permutedHeads);
    }
  }

  private static LlamaConfig config(GgufReader gguf, Path file) throws ModelFormatException {
    String architecture = gguf.value("general.architecture", String.class);
    if (!architecture.equals("llama")) {
      throw new ModelFormatException(file + " is a '" + architecture + "'; only llama is supported");
    }
    if (gguf.has("llama.rope.scaling.type") || gguf.tensors().containsKey("rope_freqs.weight")) {
      throw new ModelFormatException(file + " scales its rotary embedding, which is not supported");
    }
    int heads = gguf.integer("llama.attention.head_count");
    int hidden = gguf.integer("llama.embedding_length");
    try {
      return new LlamaConfig(
          gguf.list("tokenizer.ggml.tokens", String.class).size(),
          hidden,
          gguf.integer("llama.feed_forward_length"),
          gguf.integer("llama.block_count"),
          heads,
          gguf.has("llama.attention.head_count_kv") ? gguf.integer("llama.attention.head_count_kv") : heads,
          gguf.has("llama.rope.dimension_count") ? gguf.integer("llama.rope.dimension_count") : hidden / heads,
          gguf.value("llama.attention.layer_norm_rms_epsilon", Number.class).doubleValue(),
          gguf.has("llama.rope.freq_base") ? gguf.value("llama.rope.freq_base", Number.class).doubleValue() : 10_000,
          gguf.integer("llama.context_length"),
          !gguf.tensors().containsKey("output.weight"),
          gguf.has("tokenizer.ggml.bos_token_id")
              ? Optional.of(gguf.integer("tokenizer.ggml.bos_token_id")) : Optional.empty(),
          List.of(gguf.integer("tokenizer.ggml.eos_token_id")));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ModelFormatException(file + ": " + e.getMessage(), e);
    }
  }

  private static Map<String, Source> sources(GgufReader gguf, LlamaConfig config, Path file)
      throws ModelFormatException {
    Map<String, Source> sources = new LinkedHashMap<>();
    for (var expected : LlamaWeights.shapes(config).entrySet()) {
      Source source = source(expected.getKey(), config);
      GgufReader.Tensor tensor = gguf.tensor(source.name());
      long columns = expected.getValue().get(expected.getValue().dimension() - 1);
      if (tensor.columns() != columns || tensor.elements() != expected.getValue().size()) {
        throw new ModelFormatException("tensor " + tensor.name() + " in " + file + " has " + tensor.rows() + " x "
            + tensor.columns() + " elements, expected " + expected.getValue());
      }
      sources.put(expected.getKey(), source);
    }
    return sources;
  }

  private static Source source(String name, LlamaConfig config) {
    if (name.equals(LlamaWeights.EMBEDDING)) return new Source("token_embd.weight", 0);
    if (name.equals(LlamaWeights.FINAL_NORM)) return new Source("output_norm.weight", 0);
    if (name.equals(LlamaWeights.OUTPUT)) return new Source("output.weight", 0);
    String[] parts = name.split("\\.", 4);
    String inner = parts[3].substring(0, parts[3].length() - ".weight".length());
    int heads = switch (inner) {
      case "self_attn.q_proj" -> config.heads();
      case "self_attn.k_proj" -> config.kvHeads();
      default -> 0;
    };
    return new Source("blk." + parts[2] + "." + LAYER_NAMES.get(inner) + ".weight", heads);
  }

  /** GGUF interleaves the two halves of a head's rows: its row 2 j + i is row i D/2 + j of the original. */
  static ByteBuffer restored(ByteBuffer bytes, int rows, int columns, int heads) {
    int rowBytes = columns * Float.BYTES;
    int dim = rows / heads;
    ByteBuffer out = ByteBuffer.allocate(bytes.capacity()).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < rows; row++) {
      int inHead = row % dim;
      int half = inHead / (dim / 2);
      int source = row - inHead + 2 * (inHead % (dim / 2)) + half;
      out.put(row * rowBytes, bytes, source * rowBytes, rowBytes);
    }
    return out;
  }

  private static ObjectNode generationConfig(LlamaConfig config) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    config.bosTokenId().ifPresent(id -> json.put("bos_token_id", id));
    return json.put("eos_token_id", config.endTokenId()).put("pad_token_id", config.endTokenId());
  }
}
