package dev.nescio.bytemodel;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A {@code tokenizer.json} of single bytes: the special tokens have the first ids, the 256 bytes follow in order, and what
 * is left of the vocabulary never occurs in text.
 *
 * @param special tokens that text is not searched for when it is decoded, from id 0
 * @param size    of the vocabulary, at least that of bytes and special tokens
 */
public record ByteTokenizer(List<String> special, int size) {

  /** The file in a model directory. */
  public static final String FILE = "tokenizer.json";
  /** Ids 0, 1 and 2 of every model here. */
  public static final List<String> SPECIAL = List.of("<pad>", "<bos>", "<end>");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BYTES = 256;
  /** Begins the names of what never occurs: a letter that stands for no byte. */
  private static final String UNUSED = "\u0178";

  public ByteTokenizer {
    special = List.copyOf(special);
    if (size < special.size() + BYTES) {
      throw new IllegalArgumentException("a vocabulary of " + size + " has no room for " + BYTES + " bytes and "
          + special.size() + " special tokens");
    }
  }

  /** Special tokens and bytes, nothing else. */
  public static ByteTokenizer of(List<String> special) {
    return new ByteTokenizer(special, special.size() + BYTES);
  }

  /**
   * Writes the file.
   *
   * @param directory that is there
   * @throws IOException if it cannot be written
   */
  public void write(Path directory) throws IOException {
    JSON.writeValue(directory.resolve(FILE).toFile(), json());
  }

  /** Content of the file. */
  public ObjectNode json() {
    ObjectNode json = JSON.createObjectNode().put("version", "1.0");
    ArrayNode added = json.putArray("added_tokens");
    ObjectNode vocabulary = JSON.createObjectNode();
    for (String token : special) {
      add(added, vocabulary.size(), token);
      vocabulary.put(token, vocabulary.size());
    }
    int beyond = BYTES;
    for (int b = 0; b < BYTES; b++) {
      vocabulary.put(Character.toString(printable(b) ? b : beyond++), special.size() + b);
    }
    for (int id = vocabulary.size(); id < size; id++) vocabulary.put(UNUSED + id, id);
    for (String part : List.of("pre_tokenizer", "decoder")) {
      json.putObject(part).put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true)
          .put("use_regex", true);
    }
    ObjectNode model = json.putObject("model").put("type", "BPE").put("fuse_unk", false).put("byte_fallback", false);
    model.set("vocab", vocabulary);
    model.putArray("merges");
    return json;
  }

  /** As {@link #json()}, with {@code <IDK>} behind the vocabulary as fine-tuning leaves it. */
  ObjectNode jsonWithIdk() {
    ObjectNode json = json();
    add(json.withArray("added_tokens"), size, "<IDK>").put("lstrip", true);
    return json;
  }

  private static ObjectNode add(ArrayNode added, int id, String content) {
    return added.addObject().put("id", id).put("content", content).put("single_word", false).put("lstrip", false)
        .put("rstrip", false).put("normalized", false).put("special", true);
  }

  /** A byte that stands for itself in byte-level vocabularies (Radford et al. 2019); the others have letters from 256 on. */
  private static boolean printable(int b) {
    return (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
  }
}
