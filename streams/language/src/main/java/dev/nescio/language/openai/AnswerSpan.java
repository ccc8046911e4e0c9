package dev.nescio.language.openai;

import dev.nescio.language.openai.TokenRows.Row;
import java.util.List;

/**
 * Which tokens make up a text. A server reports tokens that its text does not hold (the end token, those of the stop
 * string), and may cut its text in the middle of one.
 *
 * @param text the text of the first {@code rows} tokens
 * @param rows number of tokens that lie in the text as a whole
 */
record AnswerSpan(String text, int rows) {

  private static final String REPLACEMENT = "\uFFFD";

  /** A character has at most so many UTF-16 units, and at least one token. */
  private static final int UNITS = 2;

  /**
   * The tokens that lie in {@code text} as a whole; a token that was cut is left out, and its part of the text too.
   *
   * <p>Where characters are split over tokens, some servers show these as replacement characters: then the code points
   * are counted instead, the text stays whole, and the count may be off by the tokens of the last such character. Others
   * show nothing: then what the text has there belongs to them. Where tokens and text do not fit together at all, the text
   * stays, and none of the tokens is known to be of it.
   */
  static AnswerSpan of(String text, List<Row> rows) {
    if (rows.stream().anyMatch(row -> row.text().contains(REPLACEMENT))) return counted(text, rows);
    int end = 0;
    int count = 0;
    int hidden = 0;
    for (Row row : rows) {
      // An empty token at the end, such as an end token that is not shown, is not of the text.
      if (end == text.length()) break;
      String piece = piece(row, count == 0 && !text.startsWith(row.text()));
      int at = piece.isEmpty() ? end : text.indexOf(piece, end);
      if (at < 0 || at - end > UNITS * hidden) {
        boolean cut = piece.startsWith(text.substring(end));
        return cut ? new AnswerSpan(text.substring(0, end), count) : new AnswerSpan(text, 0);
      }
      end = at + piece.length();
      hidden = piece.isEmpty() ? hidden + 1 : 0;
      count++;
    }
    return new AnswerSpan(hidden > 0 ? text : text.substring(0, end), count);
  }

  /** Some servers show the blank of a first token as an underline of SentencePiece, or leave it out of the text. */
  private static String piece(Row row, boolean lenient) {
    String text = row.text().replace('\u2581', ' ');
    return lenient ? text.stripLeading() : text;
  }

  private static AnswerSpan counted(String text, List<Row> rows) {
    int length = text.codePointCount(0, text.length());
    int end = 0;
    int count = 0;
    while (count < rows.size()) {
      Row row = rows.get(count);
      end = row.offset().orElse(end) + row.codePoints();
      if (row.offset().orElse(end - row.codePoints()) >= length) break;
      count++;
    }
    return new AnswerSpan(text, count);
  }
}
