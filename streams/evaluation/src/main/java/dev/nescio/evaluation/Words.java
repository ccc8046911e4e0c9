package dev.nescio.evaluation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Small numbers for the texts that stand on answer after answer: tenants, models, estimators. A million waiting answers
 * then cost what is their own and not what they share.
 *
 * <p>Append-only and kept in the store of its partition, in the transaction of what refers to it. When it is full, new
 * texts are written out.
 */
final class Words {

  /** Far more than slices are measured; bounds the memory of a caller whose texts never repeat. */
  private static final int MAX_WORDS = 50_000;
  private static final int MAX_LENGTH = 200;
  private static final int SPELLED = 0;
  private static final int ABSENT = 1;
  private static final int FIRST = 2;

  /** Null for a list that is not kept. */
  private final KeyValueStore<Integer, byte[]> store;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> texts = new ArrayList<>();

  /** Kept nowhere. */
  Words() {
    this.store = null;
  }

  /** A list that goes with what was written. */
  static Words of(List<String> texts) {
    Words words = new Words();
    texts.forEach(words::learn);
    return words;
  }

  /** Reads what the store has. */
  Words(KeyValueStore<Integer, byte[]> store) {
    this.store = store;
    for (byte[] next; (next = store.get(texts.size())) != null; ) learn(new String(next, StandardCharsets.UTF_8));
  }

  /** @param text null is kept apart from the empty text */
  void write(FieldWriter out, String text) {
    if (text == null) {
      out.number(ABSENT);
      return;
    }
    Integer number = numbers.get(text);
    if (number == null && texts.size() < MAX_WORDS && text.length() <= MAX_LENGTH) {
      number = texts.size();
      if (store != null) store.put(number, text.getBytes(StandardCharsets.UTF_8));
      learn(text);
    }
    if (number == null) out.number(SPELLED).text(text);
    else out.number(FIRST + number);
  }

  String read(FieldReader in) {
    int code = in.count();
    return switch (code) {
      case SPELLED -> in.text();
      case ABSENT -> null;
      default -> texts.get(code - FIRST);
    };
  }

  private void learn(String text) {
    numbers.put(text, texts.size());
    texts.add(text);
  }
}
