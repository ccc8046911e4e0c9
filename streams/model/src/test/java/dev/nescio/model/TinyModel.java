package dev.nescio.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The tiny reference model with a tokenizer of single bytes, as a directory of its own. */
public final class TinyModel {

  private static final int SPECIAL = 3;

  private TinyModel() {}

  public static Path write(Path directory) throws IOException {
    for (String file : new String[] {"config.json", "model.safetensors"}) {
      Files.copy(Golden.path("tiny/" + file), directory.resolve(file));
    }
    Files.write(directory.resolve("tokenizer.json"), Golden.MAPPER.writeValueAsBytes(tokenizer()));
    return directory;
  }

  /** Ids 0 to 2 are special, 3 to 258 the bytes, the rest never occurs in text. */
  private static ObjectNode tokenizer() {
    ObjectNode json = Golden.MAPPER.createObjectNode().put("version", "1.0");
    ArrayNode added = json.putArray("added_tokens");
    ObjectNode vocab = Golden.MAPPER.createObjectNode();
    String[] names = {"<pad>", "<bos>", "<end>"};
    for (int id = 0; id < SPECIAL; id++) {
      vocab.put(names[id], id);
      added.addObject().put("id", id).put("content", names[id]).put("single_word", false).put("lstrip", false)
          .put("rstrip", false).put("normalized", false).put("special", true);
    }
    for (int b = 0; b < 256; b++) vocab.put(String.valueOf(letter(b)), SPECIAL + b);
    for (int id = SPECIAL + 256; id < 512; id++) vocab.put("\u0178" + id, id);
    json.putObject("pre_tokenizer").put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true)
        .put("use_regex", true);
    json.putObject("decoder").put("type", "ByteLevel").put("add_prefix_space", true).put("trim_offsets", true)
        .put("use_regex", true);
    ObjectNode model = json.putObject("model").put("type", "BPE").put("fuse_unk", false).put("byte_fallback", false);
    model.set("vocab", vocab);
    model.putArray("merges");
    return json;
  }

  /** The printable letter that stands for a byte in byte-level vocabularies (Radford et al. 2019). */
  private static char letter(int b) {
    if (printable(b)) return (char) b;
    int n = 0;
    for (int other = 0; other < b; other++) if (!printable(other)) n++;
    return (char) (256 + n);
  }

  private static boolean printable(int b) {
    return (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
  }
}
