package dev.nescio.loadtests.model;

import dev.nescio.producers.QuestionItem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.ToIntFunction;

/** Texts of exact lengths in tokens, made of the bundled questions; the same for the same seed. */
final class Texts {

  /** One token wherever it stands after a word, in every vocabulary of whole words. */
  private static final String FILLER = " the";

  private final List<QuestionItem> items;
  private final ToIntFunction<String> tokens;

  /** @param tokens counts the tokens of a text */
  Texts(List<QuestionItem> items, ToIntFunction<String> tokens) {
    this.items = items.stream().filter(item -> !item.answers().isEmpty()).toList();
    this.tokens = tokens;
  }

  /** Different answerable questions. */
  List<QuestionItem> questions(int count, long seed) {
    List<QuestionItem> shuffled = new ArrayList<>(items);
    Collections.shuffle(shuffled, new Random(seed));
    return List.copyOf(shuffled.subList(0, count));
  }

  /** The zero-shot prompt of a question. */
  static String prompt(QuestionItem item) {
    return "Question: " + item.text() + "\n\nAnswer:";
  }

  /**
   * Questions with answers, cut after {@code length} tokens. It starts with a letter and does not end in white space.
   *
   * @param lead stands before the text and is counted too, for example a space
   */
  String exact(int length, String lead, long seed) {
    StringBuilder text = new StringBuilder();
    int next = 0;
    List<QuestionItem> order = questions(items.size(), seed);
    while (true) {
      QuestionItem item = order.get(next++ % order.size());
      for (String word : (item.text() + " " + item.answers().getFirst() + ".").split("\\s+")) {
        String longer = text.isEmpty() ? word : text + " " + word;
        if (tokens.applyAsInt(lead + longer) > length) return filled(text, lead, length);
        text.setLength(0);
        text.append(longer);
      }
    }
  }

  private String filled(StringBuilder text, String lead, int length) {
    while (tokens.applyAsInt(lead + text) < length) text.append(FILLER);
    if (tokens.applyAsInt(lead + text) > length) {
      throw new IllegalStateException("no text of " + length + " tokens: '" + FILLER + "' is more than one token");
    }
    return text.toString();
  }
}
