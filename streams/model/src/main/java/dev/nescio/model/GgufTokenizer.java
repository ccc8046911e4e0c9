package dev.nescio.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * A byte-level BPE tokenizer from GGUF metadata, as {@code tokenizer.json} and {@code tokenizer_config.json}.
 *
 * <p>Pre-tokenizers: {@code smollm} (digits one by one, then byte level). Others are refused by name, since a wrong
 * one gives other tokens without an error.
 */
record GgufTokenizer(GgufReader gguf) {

  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final String PREFIX = "tokenizer.ggml.";

  ObjectNode tokenizerJson() throws ModelFormatException {
    String model = gguf.value(PREFIX + "model", String.class);
    String pre = gguf.value(PREFIX + "pre", String.class);
    if (!model.equals("gpt2") || !pre.equals("smollm")) {
      throw new ModelFormatException("tokenizer model '" + model + "' with pre-tokenizer '" + pre
          + "' cannot be imported; use the model's Hugging Face directory");
    }
    List<String> tokens = tokens();
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("version", "1.0").putNull("truncation").putNull("padding");
    addedTokens(json.putArray("added_tokens"), tokens);
    json.putNull("normalizer");
    ArrayNode steps = json.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
    steps.addObject().put("type", "Digits").put("individual_digits", true);
    byteLevel(steps.addObject(), false);
    json.putNull("post_processor");
    byteLevel(json.putObject("decoder"), true);
    ObjectNode bpe = json.putObject("model").put("type", "BPE").putNull("dropout").putNull("unk_token")
        .putNull("continuing_subword_prefix").putNull("end_of_word_suffix")
        .put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    ObjectNode vocab = bpe.putObject("vocab");
    for (int id = 0; id < tokens.size(); id++) vocab.put(tokens.get(id), id);
    if (vocab.size() != tokens.size()) throw new ModelFormatException("the GGUF tokenizer repeats a token");
    ArrayNode merges = bpe.putArray("merges");
    gguf.list(PREFIX + "merges", String.class).forEach(merges::add);
    return json;
  }

  ObjectNode tokenizerConfig() throws ModelFormatException {
    ObjectNode json = Json.MAPPER.createObjectNode().put("tokenizer_class", "PreTrainedTokenizerFast");
    json.put("add_prefix_space", false).put("clean_up_tokenization_spaces", false);
    json.put("model_max_length", gguf.integer("llama.context_length"));
    special(json, "bos_token", "bos_token_id");
    special(json, "eos_token", "eos_token_id");
    special(json, "unk_token", "unknown_token_id");
    special(json, "pad_token", "padding_token_id");
    if (gguf.has("tokenizer.chat_template")) {
      json.put("chat_template", gguf.value("tokenizer.chat_template", String.class));
    }
    return json;
  }

  private void special(ObjectNode json, String name, String key) throws ModelFormatException {
    if (gguf.has(PREFIX + key)) json.put(name, token(gguf.integer(PREFIX + key), key));
  }

  private String token(int id, String key) throws ModelFormatException {
    List<String> tokens = tokens();
    if (id < 0 || id >= tokens.size()) throw new ModelFormatException(key + " " + id + " is outside the vocabulary");
    return tokens.get(id);
  }

  private List<String> tokens() throws ModelFormatException {
    return gguf.list(PREFIX + "tokens", String.class);
  }

  private void addedTokens(ArrayNode added, List<String> tokens) throws ModelFormatException {
    List<Long> types = gguf.list(PREFIX + "token_type", Long.class);
    if (types.size() != tokens.size()) throw new ModelFormatException("the GGUF tokenizer has tokens without a type");
    for (int id = 0; id < tokens.size(); id++) {
      long type = types.get(id);
      if (type != CONTROL && type != USER_DEFINED) continue;
      added.addObject().put("id", id).put("content", tokens.get(id)).put("single_word", false).put("lstrip", false)
          .put("rstrip", false).put("normalized", false).put("special", type == CONTROL);
    }
  }

  private static void byteLevel(ObjectNode node, boolean addPrefixSpace) {
    node.put("type", "ByteLevel").put("add_prefix_space", addPrefixSpace);
    node.put("trim_offsets", true).put("use_regex", true);
  }
}
