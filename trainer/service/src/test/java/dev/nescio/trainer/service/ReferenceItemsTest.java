package dev.nescio.trainer.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.schemas.Reference;
import dev.nescio.trainer.recipes.KnowledgeItem;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReferenceItemsTest {

  private static Reference reference(String text, boolean answerable, String... answers) {
    return Reference.newBuilder()
        .setAnswers(List.of(answers)).setAnswerable(answerable).setSource("test").setText(text)
        .setAttributes(Map.of("relation", "capital")).setRecordedAt(Instant.EPOCH).build();
  }

  @Test
  void makesItemsInTheOrderOfTheirIds() {
    ReferenceItems items =
        ReferenceItems.of(Map.of("b", reference("B?", true, "x", "y"), "a", reference("A?", true, "z")));
    assertThat(items.items()).containsExactly(
        new KnowledgeItem("a", "A?", List.of("z"), Optional.of("capital")),
        new KnowledgeItem("b", "B?", List.of("x", "y"), Optional.of("capital")));
    assertThat(items.withoutQuestion()).isZero();
    assertThat(items.unanswerable()).isZero();
  }

  @Test
  void countsWhatCannotBeTrainedOn() {
    ReferenceItems items =
        ReferenceItems.of(
            Map.of(
                "a", reference(null, true, "x"), "b", reference(" ", true, "x"), "c", reference("C?", false, "x"),
                "d", reference("D?", true), "e", reference("E?", true, "x")));
    assertThat(items.items()).extracting(KnowledgeItem::questionId).containsExactly("e");
    assertThat(items.withoutQuestion()).isEqualTo(2);
    assertThat(items.unanswerable()).isEqualTo(2);
  }
}
