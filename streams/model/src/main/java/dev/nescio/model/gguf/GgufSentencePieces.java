package dev.nescio.model.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tokenizer of Llama 2 and Mistral (GGUF's model {@code llama}): pairs are merged by score, a blank is written as a
 * low line and put before every text, what has no piece becomes bytes. {@code tokenizer.json} wants the merges in
 * order; they follow from the scores, as in transformers' {@code generate_merges}.
 *
 * @param tokens pieces by id
 * @param scores of the pieces; higher is merged first
 * @param types  of the pieces
 */
record GgufSentencePieces(List<String> tokens, List<Double> scores, List<Long> types) {

  private static final long NORMAL = 1;
  private static final long USER_DEFINED = 4;
  private static final int LONGEST = 1 << 10;
  private static final String BLANK = "\u2581";

  /** A piece made of two. */
  private record Merge(String left, String right, double score) {}

  /**
   * Writes {@code normalizer}, {@code pre_tokenizer} and {@code decoder}.
   *
   * @param blankFirst true to put a blank before every text
   */
  void writeSteps(ObjectNode json, boolean blankFirst) {
    ArrayNode normal = json.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
    if (blankFirst) normal.addObject().put("type", "Prepend").put("prepend", BLANK);
    replace(normal.addObject(), " ", BLANK);
    json.putNull("pre_tokenizer");
    ArrayNode decoders = json.putObject("decoder").put("type", "Sequence").putArray("decoders");
    replace(decoders.addObject(), BLANK, " ");
    decoders.addObject().put("type", "ByteFallback");
    decoders.addObject().put("type", "Fuse");
    if (blankFirst) decoders.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
  }

  /** Writes merges, best first. */
  void writeMerges(ArrayNode merges) {
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < tokens.size(); id++) if (isText(id)) ids.put(tokens.get(id), id);
    List<Merge> all = new ArrayList<>();
    for (int id = 0; id < tokens.size(); id++) {
      if (isText(id) && tokens.get(id).length() <= LONGEST) addSplits(tokens.get(id), scores.get(id), ids, all);
    }
    all.sort(Comparator.comparingDouble(Merge::score).thenComparingInt(merge -> merge.left().length())
        .thenComparingInt(merge -> merge.right().length()).reversed());
    for (Merge merge : all) merges.addArray().add(merge.left()).add(merge.right());
  }

  private static void addSplits(String piece, double score, Map<String, Integer> ids, List<Merge> all) {
    List<Merge> splits = new ArrayList<>();
    for (int at = 1; at < piece.length(); at++) {
      Merge merge = new Merge(piece.substring(0, at), piece.substring(at), score);
      if (ids.containsKey(merge.left()) && ids.containsKey(merge.right())) splits.add(merge);
    }
    splits.sort(Comparator.comparing((Merge merge) -> ids.get(merge.left()))
        .thenComparing(merge -> ids.get(merge.right())));
    all.addAll(splits);
  }

  private boolean isText(int id) {
    return types.get(id) == NORMAL || types.get(id) == USER_DEFINED;
  }

  private static void replace(ObjectNode node, String from, String to) {
    node.put("type", "Replace").put("content", to).putObject("pattern").put("String", from);
  }
}
