package dev.nescio.grading;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StrictGraderTest {

  private final Grader strict = new StrictGrader();

  @Test
  void wantsTheWholeAnswer() {
    assertThat(strict.correct(" the Hague. ", List.of("Amsterdam", "The Hague"))).isTrue();
    assertThat(strict.correct("It is The Hague", List.of("The Hague"))).isFalse();
  }

  @Test
  void keepsAnArticleThatIsTheWholeAnswer() {
    assertThat(strict.correct("A", List.of("a"))).isTrue();
    assertThat(strict.correct("A", List.of("an"))).isFalse();
  }
}
