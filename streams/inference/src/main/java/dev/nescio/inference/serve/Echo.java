package dev.nescio.inference.serve;

import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.LanguageModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A prompt said again, with what the model thought of each of its tokens.
 *
 * @param rows   its tokens; those before which nothing stands have no log-probability
 * @param scored what follows the first tokens, as the model scored it
 */
record Echo(List<Row> rows, Sequence scored) {

  private static final String REPLACEMENT = "\uFFFD";

  /**
   * One token.
   *
   * @param offset place in the prompt, in code points
   * @param scored with log-probability, entropy and margin; empty for the first
   */
  record Row(int id, String text, int offset, Optional<Token> scored) {}

  Echo {
    rows = List.copyOf(rows);
  }

  /** Scores a prompt that has at least one token. */
  static Echo of(LanguageModel model, Tokens tokens, String prompt, Optional<String> adapter) {
    int[] ids = tokens.encode(prompt);
    int start = tokens.encode("").length;
    String prefix = start > 0 ? "" : firstPart(tokens, prompt, ids);
    Sequence scored =
        model.score(List.of(new ContinuationRequest(prefix, prompt.substring(prefix.length()), adapter))).getFirst();
    int unscored = ids.length - scored.tokens().size();
    List<Row> rows = new ArrayList<>();
    Offsets offsets = new Offsets(tokens);
    for (int i = start; i < ids.length; i++) {
      String text = tokens.decode(ids[i]);
      rows.add(
          new Row(
              ids[i], text, offsets.next(ids[i], text),
              i < unscored ? Optional.empty() : Optional.of(scored.tokens().get(i - unscored))));
    }
    return new Echo(rows, scored);
  }

  /** The shortest beginning of the prompt that is encoded as a beginning of its tokens. */
  private static String firstPart(Tokens tokens, String prompt, int[] ids) {
    for (int n = 1; n <= ids.length; n++) {
      String part = tokens.decode(Arrays.copyOf(ids, n));
      if (prompt.startsWith(part) && tokens.encode(part)[0] == ids[0]) return part;
    }
    return prompt;
  }

  /** Places of tokens in their text; the tokens of one character share its place. */
  private static final class Offsets {

    private final Tokens tokens;
    private final List<Integer> open = new ArrayList<>();
    private int end;

    Offsets(Tokens tokens) {
      this.tokens = tokens;
    }

    int next(int id, String text) {
      int offset = end;
      if (open.isEmpty() && !text.contains(REPLACEMENT)) {
        end += codePoints(text);
        return offset;
      }
      open.add(id);
      String together = tokens.decode(open.stream().mapToInt(i -> i).toArray());
      if (!together.endsWith(REPLACEMENT)) {
        end += codePoints(together);
        open.clear();
      }
      return offset;
    }

    private static int codePoints(String text) {
      return text.codePointCount(0, text.length());
    }
  }
}
