package dev.nescio.grading;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LenientGraderTest {

  private final Grader lenient = new LenientGrader();

  @Test
  void findsAnAcceptedAnswerInAShortSentence() {
    assertThat(lenient.correct(" The capital of France is Paris.", List.of("Lutetia", "Paris"))).isTrue();
  }

  @Test
  void comparesWholeWordsOnly() {
    assertThat(lenient.correct("Nigeria", List.of("Niger"))).isFalse();
    assertThat(lenient.correct("Guinea Bissau", List.of("Guinea-Bissau"))).isTrue();
  }

  @Test
  void readsEightWordsWithoutCountingArticles() {
    assertThat(lenient.correct("one two the three four five six seven Paris", List.of("Paris"))).isTrue();
    assertThat(lenient.correct("one two three four five six seven eight Paris", List.of("Paris"))).isFalse();
    assertThat(lenient.correct("one two three four five six seven New York", List.of("New York"))).isFalse();
  }

  @Test
  void readsTheFirstLineOnly() {
    assertThat(lenient.correct("Lyon\nParis", List.of("Paris"))).isFalse();
    assertThat(lenient.correct("\n Paris\nLyon", List.of("Paris"))).isTrue();
  }

  @Test
  void anAnswerOfPunctuationMatchesNothing() {
    assertThat(lenient.correct("Paris", List.of("?!"))).isFalse();
  }
}
