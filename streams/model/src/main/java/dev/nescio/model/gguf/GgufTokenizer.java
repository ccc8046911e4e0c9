package dev.nescio.model.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.model.files.Json;
import dev.nescio.model.files.ModelFormatException;
import java.util.List;
import java.util.Optional;

/**
 * A tokenizer from GGUF metadata, as {@code tokenizer.json} and {@code tokenizer_config.json}: byte-level (model
 * {@code gpt2}) or of sentence pieces (model {@code llama}).
 *
 * @param contextLength longest text, for other tools
 */
record GgufTokenizer(GgufReader gguf, int contextLength) {

  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final String PREFIX = "tokenizer.ggml.";

  /** @param rows of the embedding, at least the number of tokens */
  ObjectNode tokenizerJson(int rows) throws ModelFormatException {
    List<String> tokens = tokens();
    if (tokens.size() > rows) {
      throw new ModelFormatException(
          gguf.file() + " has " + tokens.size() + " tokens, but only " + rows + " rows of the embedding");
    }
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("version", "1.0").putNull("truncation").putNull("padding");
    addedTokens(json.putArray("added_tokens"), tokens);
    ObjectNode bpe;
    if (gguf.value(PREFIX + "model", String.class).equals("llama")) {
      bpe = sentencePieces(json, tokens);
    } else {
      bpe = byteLevel(json);
    }
    ObjectNode vocab = bpe.putObject("vocab");
    for (int id = 0; id < tokens.size(); id++) vocab.put(tokens.get(id), id);
    if (vocab.size() != tokens.size()) throw new ModelFormatException(gguf.file() + " repeats a token");
    return json;
  }

  private ObjectNode byteLevel(ObjectNode json) throws ModelFormatException {
    GgufPreTokenizer pre = preTokenizer();
    pre.write(json);
    start(json, pre.startsTexts());
    GgufPreTokenizer.byteLevel(json.putObject("decoder"), true, true);
    ObjectNode bpe = json.putObject("model").put("type", "BPE").putNull("dropout").putNull("unk_token")
        .putNull("continuing_subword_prefix").putNull("end_of_word_suffix")
        .put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", pre.wholeWordsFirst());
    ArrayNode merges = bpe.putArray("merges");
    gguf.list(PREFIX + "merges", String.class).forEach(merges::add);
    return bpe;
  }

  private ObjectNode sentencePieces(ObjectNode json, List<String> tokens) throws ModelFormatException {
    List<Double> scores = gguf.list(PREFIX + "scores", Double.class);
    boolean squeezes = gguf.has(PREFIX + "remove_extra_whitespaces")
        && gguf.value(PREFIX + "remove_extra_whitespaces", Boolean.class);
    if (scores.size() != tokens.size() || gguf.has(PREFIX + "precompiled_charsmap") || squeezes) {
      throw new ModelFormatException(gguf.file() + " has a tokenizer of sentence pieces "
          + (scores.size() != tokens.size() ? "without a score for each"
              : "that changes text before it is cut, which is not supported")
          + "; use the model's Hugging Face directory");
    }
    String key = PREFIX + "add_space_prefix";
    GgufSentencePieces pieces = new GgufSentencePieces(tokens, scores, gguf.list(PREFIX + "token_type", Long.class));
    pieces.writeSteps(json, !gguf.has(key) || gguf.value(key, Boolean.class));
    start(json, true);
    int unknown = gguf.has(PREFIX + "unknown_token_id") ? gguf.integer(PREFIX + "unknown_token_id") : 0;
    ObjectNode bpe = json.putObject("model").put("type", "BPE").putNull("dropout")
        .put("unk_token", token(unknown, "unknown_token_id"))
        .putNull("continuing_subword_prefix").putNull("end_of_word_suffix")
        .put("fuse_unk", true).put("byte_fallback", true).put("ignore_merges", false);
    pieces.writeMerges(bpe.putArray("merges"));
    return bpe;
  }

  ObjectNode tokenizerConfig() throws ModelFormatException {
    ObjectNode json = Json.MAPPER.createObjectNode().put("tokenizer_class", "PreTrainedTokenizerFast");
    json.put("add_prefix_space", false).put("clean_up_tokenization_spaces", false);
    json.put("model_max_length", contextLength);
    special(json, "bos_token", "bos_token_id");
    special(json, "eos_token", "eos_token_id");
    special(json, "unk_token", "unknown_token_id");
    special(json, "pad_token", "padding_token_id");
    if (gguf.has("tokenizer.chat_template")) {
      json.put("chat_template", gguf.value("tokenizer.chat_template", String.class));
    }
    return json;
  }

  private GgufPreTokenizer preTokenizer() throws ModelFormatException {
    String model = gguf.value(PREFIX + "model", String.class);
    String name = gguf.has(PREFIX + "pre") ? gguf.value(PREFIX + "pre", String.class) : "default";
    Optional<GgufPreTokenizer> pre = model.equals("gpt2") ? GgufPreTokenizer.named(name) : Optional.empty();
    return pre.orElseThrow(() -> new ModelFormatException(gguf.file() + " has a tokenizer of model '" + model
        + "' with pre-tokenizer '" + name + "', which cannot be imported (llama, and gpt2 with "
        + GgufPreTokenizer.names() + ", can); use the model's Hugging Face directory"));
  }

  /** What stands before every text. */
  private void start(ObjectNode json, boolean unlessSaid) throws ModelFormatException {
    String key = PREFIX + "add_bos_token";
    boolean start = gguf.has(key) ? gguf.value(key, Boolean.class) : unlessSaid;
    if (!start || !gguf.has(PREFIX + "bos_token_id")) {
      json.putNull("post_processor");
      return;
    }
    int id = gguf.integer(PREFIX + "bos_token_id");
    String token = token(id, "bos_token_id");
    ObjectNode template = json.putObject("post_processor").put("type", "TemplateProcessing");
    for (String texts : List.of("single", "pair")) {
      ArrayNode parts = template.putArray(texts);
      for (String text : texts.equals("single") ? List.of("A") : List.of("A", "B")) {
        int type = text.equals("A") ? 0 : 1;
        parts.addObject().putObject("SpecialToken").put("id", token).put("type_id", type);
        parts.addObject().putObject("Sequence").put("id", text).put("type_id", type);
      }
    }
    ObjectNode special = template.putObject("special_tokens").putObject(token).put("id", token);
    special.putArray("ids").add(id);
    special.putArray("tokens").add(token);
  }

  private void special(ObjectNode json, String name, String key) throws ModelFormatException {
    if (gguf.has(PREFIX + key)) json.put(name, token(gguf.integer(PREFIX + key), key));
  }

  private String token(int id, String key) throws ModelFormatException {
    List<String> tokens = tokens();
    if (id < 0 || id >= tokens.size()) {
      throw new ModelFormatException(gguf.file() + " has " + key + " " + id + ", which is outside the vocabulary");
    }
    return tokens.get(id);
  }

  private List<String> tokens() throws ModelFormatException {
    return gguf.list(PREFIX + "tokens", String.class);
  }

  private void addedTokens(ArrayNode added, List<String> tokens) throws ModelFormatException {
    List<Long> types = gguf.list(PREFIX + "token_type", Long.class);
    if (types.size() != tokens.size()) throw new ModelFormatException(gguf.file() + " has tokens without a type");
    for (int id = 0; id < tokens.size(); id++) {
      long type = types.get(id);
      if (type != UNKNOWN && type != CONTROL && type != USER_DEFINED) continue;
      added.addObject().put("id", id).put("content", tokens.get(id)).put("single_word", false).put("lstrip", false)
          .put("rstrip", false).put("normalized", false).put("special", type != USER_DEFINED);
    }
  }
}
