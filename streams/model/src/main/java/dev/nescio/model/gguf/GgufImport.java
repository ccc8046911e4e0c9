package dev.nescio.model.gguf;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.model.files.AtomicFiles;
import dev.nescio.model.files.Json;
import dev.nescio.model.files.ModelFormatException;
import dev.nescio.model.files.SafetensorsWriter;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.LlamaWeights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Turns a GGUF model into a directory in Hugging Face layout, float32: {@code config.json}, {@code model.safetensors},
 * {@code tokenizer.json}, {@code tokenizer_config.json}, {@code generation_config.json}.
 *
 * <p>The rows of q and k, which GGUF permutes for the rotary embedding of architecture {@code llama}, are put back.
 * Large tensors are widened piece by piece.
 */
public final class GgufImport {

  /** Elements widened at a time. */
  private static final long PIECE = 1L << 24;

  private GgufImport() {}

  /**
   * Imports a file.
   *
   * @param gguf      GGUF version 2 or 3, architecture {@code llama} or {@code qwen2}, types F32, F16, BF16, Q4_0,
   *                  Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K
   * @param directory made by this call, whole or not at all
   * @throws ModelFormatException naming the file and what cannot be imported
   */
  public static void importTo(Path gguf, Path directory) throws IOException {
    try (GgufReader reader = new GgufReader(gguf)) {
      GgufConfig metadata = GgufConfig.of(reader);
      LlamaConfig config = metadata.config();
      GgufTokenizer tokenizer = new GgufTokenizer(reader, metadata.contextLength());
      ObjectNode tokens = tokenizer.tokenizerJson(config.vocabSize());
      ObjectNode tokenizerConfig = tokenizer.tokenizerConfig();
      Source source = new Source(reader, sources(reader, metadata, config));
      AtomicFiles.directory(directory, place -> {
        Files.write(place.resolve("tokenizer.json"), Json.MAPPER.writeValueAsBytes(tokens));
        Files.write(place.resolve("tokenizer_config.json"), Json.pretty(tokenizerConfig));
        Files.write(place.resolve("config.json"), Json.pretty(config.toJson()));
        Files.write(place.resolve("generation_config.json"), Json.pretty(generationConfig(config)));
        Map<String, long[]> shapes = new LinkedHashMap<>();
        LlamaWeights.shapes(config).forEach((name, shape) -> shapes.put(name, shape.getShape()));
        SafetensorsWriter.write(place.resolve("model.safetensors"), shapes, Map.of(), source);
      });
    }
  }

  /** A tensor to take over, with the number of heads whose rows are permuted, 0 for none. */
  private record Stored(GgufReader.Tensor tensor, int permutedHeads) {}

  /** Tensors by their Hugging Face names. */
  private record Source(GgufReader reader, Map<String, Stored> stored) implements SafetensorsWriter.Source {

    @Override
    public ByteBuffer bytes(String name) throws IOException {
      Stored from = stored.get(name);
      GgufReader.Tensor tensor = from.tensor();
      ByteBuffer bytes = reader.float32(tensor, 0, tensor.rows());
      if (from.permutedHeads() == 0) return bytes;
      boolean vector = tensor.rows() == 1; // a bias: its elements are the rows
      return restored(bytes, (int) (vector ? tensor.columns() : tensor.rows()), (int) (vector ? 1 : tensor.columns()),
          from.permutedHeads());
    }

    @Override
    public long write(String name, WritableByteChannel out) throws IOException {
      Stored from = stored.get(name);
      GgufReader.Tensor tensor = from.tensor();
      if (from.permutedHeads() > 0) return SafetensorsWriter.Source.super.write(name, out);
      long rows = Math.max(1, PIECE / tensor.columns());
      long written = 0;
      for (long row = 0; row < tensor.rows(); row += rows) {
        ByteBuffer piece = reader.float32(tensor, row, Math.min(row + rows, tensor.rows()));
        written += SafetensorsWriter.writeFully(out, piece);
      }
      return written;
    }
  }

  private static Map<String, Stored> sources(GgufReader gguf, GgufConfig metadata, LlamaConfig config)
      throws ModelFormatException {
    Map<String, Stored> sources = new LinkedHashMap<>();
    Set<String> unexpected = new TreeSet<>(gguf.tensors().keySet());
    unexpected.remove(GgufConfig.ROPE_FACTORS);
    for (Map.Entry<String, Shape> expected : LlamaWeights.shapes(config).entrySet()) {
      GgufReader.Tensor tensor = gguf.tensor(GgufNames.stored(expected.getKey()));
      unexpected.remove(tensor.name());
      long columns = expected.getValue().get(expected.getValue().dimension() - 1);
      if (tensor.columns() != columns || tensor.elements() != expected.getValue().size()) {
        throw new ModelFormatException("tensor " + tensor.name() + " in " + gguf.file() + " has " + tensor.rows()
            + " x " + tensor.columns() + " elements, expected " + expected.getValue());
      }
      sources.put(expected.getKey(), new Stored(tensor, metadata.permuted() ? heads(expected.getKey(), config) : 0));
    }
    if (!unexpected.isEmpty()) {
      throw new ModelFormatException(
          gguf.file() + " has tensors that a " + metadata.architecture() + " has not: " + unexpected);
    }
    return sources;
  }

  private static int heads(String name, LlamaConfig config) {
    if (name.contains(".self_attn.q_proj.")) return config.heads();
    return name.contains(".self_attn.k_proj.") ? config.kvHeads() : 0;
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
    json.set("eos_token_id", config.toJson().get("eos_token_id"));
    return json.put("pad_token_id", config.endTokenId());
  }
}
