package dev.nescio.schemas.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class IdsTest {

  @Test
  void oneItemWhateverTheCaseSpacesWidthAndEndMark() {
    String id = Ids.questionId("default", "What is the capital of Peru?", null);

    assertThat(id).matches("[0-9a-f]{32}")
        .isEqualTo(Ids.questionId("default", "  what IS the\tcapital\u00a0of peru ", null))
        .isEqualTo(Ids.questionId("default", "Ｗhat is the capital of Peru？", null));
  }

  @Test
  void differentItemsForWhatMattersInTheText() {
    assertThat(Ids.questionId("t", "What is C++?", null)).isNotEqualTo(Ids.questionId("t", "What is C#?", null));
    assertThat(Ids.questionId("t", "a", null)).isNotEqualTo(Ids.questionId("u", "a", null));
    assertThat(Ids.questionId("t", "a", null)).isNotEqualTo(Ids.questionId("t", "a", ""));
    assertThat(Ids.questionId("ta", "b", null)).isNotEqualTo(Ids.questionId("t", "ab", null));
  }

  @Test
  void textOfEndMarksOnlyKeepsThem() {
    assertThat(Ids.normalise(" ?! ")).isEqualTo("?!");
  }

  @Test
  void idsStayTheSameOverReleases() {
    // SHA-256 of 00000001 't' 00000001 'a', worked with an independent tool.
    assertThat(Ids.questionId("t", "A?", null)).isEqualTo("a95c55fc0d7c5e78f6221b1fcba5a4fe");
  }

  @Property
  void itemIsReadOffTheAnswerId(@ForAll String questionId, @ForAll String askId, @ForAll long seed) {
    if (questionId.isEmpty()) {
      return;
    }
    String answerId = Ids.answerId(questionId, askId, "digest", "p1", seed);

    assertThat(Ids.questionIdOf(answerId)).isEqualTo(questionId);
    assertThat(Ids.answerId(questionId, askId, "digest", "p1", seed)).isEqualTo(answerId);
    assertThat(Ids.answerId(questionId, askId, "digest", "p1", seed + 1)).isNotEqualTo(answerId);
  }

  @Test
  void saysWhatAnAnswerIdLooksLike() {
    assertThatThrownBy(() -> Ids.questionIdOf("nothing")).hasMessageContaining("<questionId>~<hash>");
  }
}
