package dev.nescio.language.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.language.openai.TokenRows.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class AnswerSpanTest {

  @Test
  void theTokensOfTheWholeText() {
    assertThat(AnswerSpan.of(" Lima.", rows(" Li", "ma", "."))).isEqualTo(new AnswerSpan(" Lima.", 3));
  }

  @Test
  void tokensAfterTheTextAreNotOfIt() {
    assertThat(AnswerSpan.of(" Lima", rows(" Lima", "\n", "Question"))).isEqualTo(new AnswerSpan(" Lima", 1));
    assertThat(AnswerSpan.of(" Lima", rows(" Lima", ""))).isEqualTo(new AnswerSpan(" Lima", 1));
    assertThat(AnswerSpan.of("", rows("<end>"))).isEqualTo(new AnswerSpan("", 0));
    assertThat(AnswerSpan.of("", rows(""))).isEqualTo(new AnswerSpan("", 0));
  }

  @Test
  void aTokenThatTheStopStringCutsIsLeftOut() {
    assertThat(AnswerSpan.of(" Lima.", rows(" Lima", ".\n"))).isEqualTo(new AnswerSpan(" Lima", 1));
  }

  @Test
  void theBlankOfAFirstTokenMayBeMissingOrUnderlined() {
    assertThat(AnswerSpan.of("Lima", rows("\u2581Lima"))).isEqualTo(new AnswerSpan("Lima", 1));
    assertThat(AnswerSpan.of("Lima Peru", rows(" Lima", " Peru"))).isEqualTo(new AnswerSpan("Lima Peru", 2));
  }

  @Test
  void charactersSplitOverTokensAreCounted() {
    assertThat(AnswerSpan.of("a\u00e9b", rows("a", "\uFFFD", "b", "<end>")).text()).isEqualTo("a\u00e9b");
    assertThat(AnswerSpan.of("a\u00e9b", rows("a", "\uFFFD", "b", "<end>")).rows()).isEqualTo(3);
  }

  /** llama-cpp-python shows tokens that are parts of characters as nothing. */
  @Test
  void whatTokensWithoutTextHideBelongsToThem() {
    AnswerSpan span = AnswerSpan.of("\uff01\n# 2", rows("", "", "\n", "#", " ", "2"));
    assertThat(span).isEqualTo(new AnswerSpan("\uff01\n# 2", 6));
    assertThat(AnswerSpan.of("a \u4e16", rows("a", " ", "", "", ""))).isEqualTo(new AnswerSpan("a \u4e16", 5));
    assertThat(AnswerSpan.of("\ud83d\ude00!", rows("", "", "", "!", ""))).isEqualTo(new AnswerSpan("\ud83d\ude00!", 4));
  }

  @Test
  void aTextThatItsTokensDoNotSpellStaysWithoutThem() {
    assertThat(AnswerSpan.of("Lima", rows("L", "x", "ma"))).isEqualTo(new AnswerSpan("Lima", 0));
    assertThat(AnswerSpan.of("Lima", rows("Cusco"))).isEqualTo(new AnswerSpan("Lima", 0));
  }

  @Property(tries = 200)
  void whateverTheTokensAWholeNumberOfThemIsTheSpan(
      @ForAll @Size(min = 1, max = 8) List<@NotEmpty @AlphaChars String> pieces, @ForAll @IntRange(max = 60) int cut) {
    String all = String.join("", pieces);
    String text = all.substring(0, Math.min(cut, all.length()));
    AnswerSpan span = AnswerSpan.of(text, rows(pieces.toArray(String[]::new)));
    assertThat(span.text()).isEqualTo(String.join("", pieces.subList(0, span.rows())));
    assertThat(text).startsWith(span.text());
    boolean wholeNext =
        span.rows() < pieces.size() && text.length() > span.text().length()
            && text.startsWith(pieces.get(span.rows()), span.text().length());
    assertThat(wholeNext).isFalse();
  }

  private static List<Row> rows(String... texts) {
    List<Row> rows = new ArrayList<>();
    for (String text : texts) {
      rows.add(new Row(text, OptionalDouble.of(-1), OptionalInt.empty(), OptionalInt.empty(), List.of()));
    }
    return rows;
  }
}
