package dev.nescio.model.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How a byte-level tokenizer cuts text before it merges, by the name that GGUF has for it. Others are refused by name,
 * since a wrong one gives other tokens without an error. Source: the models' {@code tokenizer.json}.
 */
enum GgufPreTokenizer {
  /** Digits one by one, then byte level. */
  SMOLLM(List.of("smollm"), "", false, false),
  /** Llama 3: runs of up to three digits; words of the vocabulary are taken whole; texts begin with a token. */
  LLAMA_3(List.of("llama-bpe", "llama3", "llama-v3"), "\\p{N}{1,3}", true, true),
  /** Qwen 2: digits one by one; text is composed (NFC). */
  QWEN_2(List.of("qwen2"), "\\p{N}", false, false);

  private static final String WORDS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|%s"
      + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private final List<String> names;
  private final String digits;
  private final boolean wholeWordsFirst;
  private final boolean startsTexts;

  GgufPreTokenizer(List<String> names, String digits, boolean wholeWordsFirst, boolean startsTexts) {
    this.names = names;
    this.digits = digits;
    this.wholeWordsFirst = wholeWordsFirst;
    this.startsTexts = startsTexts;
  }

  static Optional<GgufPreTokenizer> named(String name) {
    return Arrays.stream(values()).filter(pre -> pre.names.contains(name)).findFirst();
  }

  static List<String> names() {
    return Arrays.stream(values()).flatMap(pre -> pre.names.stream()).toList();
  }

  /** A piece that is a token is not taken apart, whatever the merges say. */
  boolean wholeWordsFirst() {
    return wholeWordsFirst;
  }

  /** Whether texts begin with the beginning-of-text token when the file does not say. */
  boolean startsTexts() {
    return startsTexts;
  }

  /** Writes {@code normalizer} and {@code pre_tokenizer}. */
  void write(ObjectNode json) {
    if (this == QWEN_2) {
      json.putObject("normalizer").put("type", "NFC");
    } else {
      json.putNull("normalizer");
    }
    ArrayNode steps = json.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
    if (this == SMOLLM) {
      steps.addObject().put("type", "Digits").put("individual_digits", true);
      byteLevel(steps.addObject(), false, true);
    } else {
      ObjectNode split = steps.addObject().put("type", "Split").put("behavior", "Isolated").put("invert", false);
      split.putObject("pattern").put("Regex", WORDS.formatted(digits));
      byteLevel(steps.addObject(), false, false);
    }
  }

  static void byteLevel(ObjectNode node, boolean addPrefixSpace, boolean regex) {
    node.put("type", "ByteLevel").put("add_prefix_space", addPrefixSpace);
    node.put("trim_offsets", true).put("use_regex", regex);
  }
}
