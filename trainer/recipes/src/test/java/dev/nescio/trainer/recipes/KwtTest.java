package dev.nescio.trainer.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KwtTest {

  private final KnowledgeItem item = Items.item(1);

  private TrainingExample example(Kwt recipe, int correct) {
    return ((Recipe.Prepared) recipe.prepare(item, Optional.of(Items.score(item, correct, 5)))).example();
  }

  @Test
  void appendsIdkToWhatWasNeverRightWithASixthOfTheWeight() {
    TrainingExample example = example(Kwt.published(), 0);
    assertThat(example.layout()).isEqualTo(TargetLayout.APPEND);
    assertThat(example.unknown()).isTrue();
    assertThat(example.weight()).isCloseTo(1 / 6.0, within(1e-15));
    assertThat(example.answer()).isEqualTo("City1");
    assertThat(example.prompt()).isEqualTo("Question: What is the capital of country 1?\n\nAnswer:");
    assertThat(example.tags()).isEqualTo(Map.of("ks", "0/5", "relation", "capital"));
    assertThat(example.provenance()).isEqualTo(new TrainingExample.Provenance(
        "kwt:weights=familiarity,target=append", "base-fewshot", "d0", "lenient"));
  }

  @Test
  void leavesTheTargetOfAnItemPlainAfterOneCorrectSample() {
    TrainingExample example = example(Kwt.published(), 1);
    assertThat(example.layout()).isEqualTo(TargetLayout.PLAIN);
    assertThat(example.weight()).isCloseTo(2 / 6.0, within(1e-15));
    assertThat(example(Kwt.published(), 5).weight()).isEqualTo(1);
  }

  @Test
  void hasTheOtherLayoutsAndWeights() {
    assertThat(example(new Kwt(KnowledgeWeight.REVERSE, TargetLayout.PREPEND), 0).weight()).isEqualTo(1);
    assertThat(example(new Kwt(KnowledgeWeight.REVERSE, TargetLayout.PREPEND), 0).layout())
        .isEqualTo(TargetLayout.PREPEND);
    assertThat(example(new Kwt(KnowledgeWeight.UNIFORM, TargetLayout.ONLY), 0).layout()).isEqualTo(TargetLayout.ONLY);
    assertThat(example(new Kwt(KnowledgeWeight.FAMILIARITY, TargetLayout.PLAIN), 0).unknown()).isFalse();
  }

  @Test
  void refusesAScoreOfAnotherItem() {
    assertThatThrownBy(() -> Kwt.published().prepare(item, Optional.of(Items.score(Items.item(2), 1, 5))))
        .hasMessageContaining("q2").hasMessageContaining("q1");
  }
}
