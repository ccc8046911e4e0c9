package dev.nescio.language.openai;

import dev.nescio.language.openai.TokenRows.Row;
import java.util.List;

/**
 * Which tokens of an echoed text have a part in its continuation. Before the text there may be a token that begins every
 * text, after it one that was generated, since some servers cannot generate nothing.
 *
 * @param from first of them
 * @param to   the one after the last
 */
record EchoedPart(int from, int to) {

  /** @throws ProtocolViolationException if the echo is not the text */
  static EchoedPart of(List<Row> rows, String prompt, String continuation) {
    StringBuilder echo = new StringBuilder();
    rows.forEach(row -> echo.append(row.text()));
    int at = echo.indexOf(prompt + continuation);
    if (at < 0) return byOffsets(rows, prompt, continuation);
    int begin = at + prompt.length();
    int end = begin + continuation.length();
    int from = rows.size();
    int to = rows.size();
    int position = 0;
    for (int i = 0; i < rows.size(); i++) {
      int next = position + rows.get(i).text().length();
      if (next > begin) from = Math.min(from, i);
      if (position >= end) to = Math.min(to, i);
      position = next;
    }
    return new EchoedPart(Math.min(from, to), to);
  }

  /** Where characters are split over tokens their texts do not add up, and the offsets have to. */
  private static EchoedPart byOffsets(List<Row> rows, String prompt, String continuation) {
    int begin = prompt.codePointCount(0, prompt.length());
    int end = begin + continuation.codePointCount(0, continuation.length());
    if (rows.isEmpty() || rows.stream().anyMatch(row -> row.offset().isEmpty())) {
      throw new ProtocolViolationException("the server did not echo the text that it was given");
    }
    int from = rows.size();
    int to = rows.size();
    for (int i = rows.size() - 1; i >= 0; i--) {
      int offset = rows.get(i).offset().getAsInt();
      int next = i + 1 < rows.size() ? rows.get(i + 1).offset().getAsInt() : Math.max(end, offset + 1);
      // A character split over tokens gives them one offset: all of them have a part in it.
      if (offset >= begin || next > begin) from = i;
      if (offset >= end) to = i;
    }
    return new EchoedPart(Math.min(from, to), to);
  }
}
