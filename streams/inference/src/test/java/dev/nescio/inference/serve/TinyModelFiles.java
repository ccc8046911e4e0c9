package dev.nescio.inference.serve;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.LlamaWeights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;

/** Writes a model of two small layers over single bytes, with random weights and a chat template. */
public final class TinyModelFiles {

  static final int CONTEXT = 256;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String[] SPECIAL = {"<pad>", "<bos>", "<end>", "<|user|>", "<|assistant|>"};
  private static final int BYTES = 256;
  private static final int VOCABULARY = SPECIAL.length + BYTES;
  private static final String TEMPLATE =
      "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<end>{% endfor %}"
          + "{% if add_generation_prompt %}<|assistant|>{% endif %}";

  private TinyModelFiles() {}

  /** A base model. */
  public static Path base(Path directory) throws IOException {
    return write(directory, 1, false);
  }

  /** A model of the same shape that was tuned as a whole: other weights, and {@code <IDK>} among its tokens. */
  public static Path tuned(Path directory) throws IOException {
    return write(directory, 2, true);
  }

  private static Path write(Path directory, long seed, boolean idk) throws IOException {
    Files.createDirectories(directory);
    ObjectNode tokenizer = tokenizer();
    if (idk) add(tokenizer.withArray("added_tokens"), VOCABULARY, "<IDK>");
    JSON.writeValue(directory.resolve("config.json").toFile(), config(idk ? VOCABULARY + 1 : VOCABULARY));
    JSON.writeValue(directory.resolve("tokenizer.json").toFile(), tokenizer);
    ObjectNode settings = JSON.createObjectNode().put("chat_template", TEMPLATE).put("eos_token", "<end>");
    JSON.writeValue(directory.resolve("tokenizer_config.json").toFile(), settings);
    Files.write(directory.resolve("model.safetensors"), weights(directory, new Random(seed)));
    return directory;
  }

  private static ObjectNode config(int vocabulary) {
    ObjectNode config =
        JSON.createObjectNode().put("model_type", "llama").put("hidden_act", "silu")
            .put("vocab_size", vocabulary).put("hidden_size", 32).put("intermediate_size", 64)
            .put("num_hidden_layers", 2).put("num_attention_heads", 4).put("num_key_value_heads", 2)
            .put("rms_norm_eps", 1e-5).put("rope_theta", 10_000.0).put("max_position_embeddings", CONTEXT)
            .put("tie_word_embeddings", true).put("bos_token_id", 1).put("eos_token_id", 2);
    config.putArray("architectures").add("LlamaForCausalLM");
    return config;
  }

  private static byte[] weights(Path directory, Random random) throws IOException {
    ObjectNode header = JSON.createObjectNode();
    int end = 0;
    for (Map.Entry<String, Shape> tensor : LlamaWeights.shapes(LlamaConfig.read(directory)).entrySet()) {
      ObjectNode entry = header.putObject(tensor.getKey()).put("dtype", "F32");
      ArrayNode shape = entry.putArray("shape");
      for (long dimension : tensor.getValue().getShape()) shape.add(dimension);
      int begin = end;
      end += (int) tensor.getValue().size() * Float.BYTES;
      entry.putArray("data_offsets").add(begin).add(end);
    }
    byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(Long.BYTES + text.length + end).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(text.length).put(text);
    while (file.hasRemaining()) file.putFloat((float) random.nextGaussian() * 0.5f);
    return file.array();
  }

  private static ObjectNode tokenizer() {
    ObjectNode json = JSON.createObjectNode().put("version", "1.0");
    ArrayNode added = json.putArray("added_tokens");
    ObjectNode vocabulary = JSON.createObjectNode();
    for (int id = 0; id < SPECIAL.length; id++) {
      vocabulary.put(SPECIAL[id], id);
      add(added, id, SPECIAL[id]);
    }
    int beyond = BYTES;
    for (int b = 0; b < BYTES; b++) {
      boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
      vocabulary.put(String.valueOf((char) (printable ? b : beyond++)), SPECIAL.length + b);
    }
    for (String part : new String[] {"pre_tokenizer", "decoder"}) {
      json.putObject(part).put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true)
          .put("use_regex", true);
    }
    ObjectNode model = json.putObject("model").put("type", "BPE").put("fuse_unk", false).put("byte_fallback", false);
    model.set("vocab", vocabulary);
    model.putArray("merges");
    return json;
  }

  private static void add(ArrayNode added, int id, String content) {
    added.addObject().put("id", id).put("content", content).put("single_word", false)
        .put("lstrip", content.equals("<IDK>")).put("rstrip", false).put("normalized", false).put("special", true);
  }
}
