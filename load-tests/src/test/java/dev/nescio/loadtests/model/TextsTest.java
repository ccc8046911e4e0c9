package dev.nescio.loadtests.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.producers.BundledQuestions;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class TextsTest {

  /** Two tokens for long words, one for others, and one for what stands before. */
  private static int tokens(String text) {
    int count = 0;
    for (String word : text.strip().split(" ")) count += word.length() > 6 ? 2 : 1;
    return count;
  }

  private final Texts texts = new Texts(BundledQuestions.worldFacts(), TextsTest::tokens);

  @Test
  void textsHaveExactlyTheLengthThatWasAskedFor() {
    for (int length : new int[] {1, 2, 7, 150, 400}) {
      for (long seed = 0; seed < 5; seed++) {
        String text = texts.exact(length, " ", seed);
        assertThat(tokens(text)).isEqualTo(length);
        assertThat(text).isEqualTo(text.strip());
        assertThat(texts.exact(length, " ", seed)).isEqualTo(text);
      }
    }
    assertThat(texts.exact(50, "", 1)).isNotEqualTo(texts.exact(50, "", 2));
  }

  @Test
  void questionsAreDifferentAndHaveAnswers() {
    var questions = texts.questions(32, 4);
    assertThat(new HashSet<>(questions)).hasSize(32);
    assertThat(questions).allSatisfy(question -> assertThat(question.answers()).isNotEmpty());
    assertThat(Texts.prompt(questions.getFirst())).startsWith("Question: ").endsWith("?\n\nAnswer:");
  }

  @Test
  void saysWhenNoTextHasTheLength() {
    Texts pairs = new Texts(BundledQuestions.worldFacts(), text -> 2 * tokens(text));
    assertThatThrownBy(() -> pairs.exact(7, "", 1)).hasMessageContaining("no text of 7 tokens");
  }
}
