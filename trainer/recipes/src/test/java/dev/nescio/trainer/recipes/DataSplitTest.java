package dev.nescio.trainer.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DataSplitTest {

  private final DataSplit demo = new DataSplit(SplitConfig.demo("salt"));

  @Test
  void splitsInAboutTheSharesAndWithinTheCaps() {
    DataSplit.Parts<KnowledgeItem> parts = new DataSplit(
        new SplitConfig(SplitConfig.demo("salt").shares(), Map.of(), "salt")).split(Items.items(5000));
    assertThat(parts.get(Split.TRAINING)).hasSizeBetween(920, 1080);
    assertThat(parts.get(Split.CALIBRATION)).hasSizeBetween(870, 1030);
    assertThat(parts.get(Split.GATE)).hasSizeBetween(870, 1030);
    assertThat(parts.get(Split.REPORT)).hasSizeBetween(2000, 2200);
    assertThat(parts.surplus()).isEmpty();
    DataSplit.Parts<KnowledgeItem> capped = demo.split(Items.items(5000));
    assertThat(capped.bySplit().values().stream().map(List::size)).containsExactly(160, 150, 150, 300);
    assertThat(capped.surplus()).hasSize(5000 - 760);
  }

  @Property(tries = 30)
  void everyItemIsInExactlyOnePartWhateverTheOrder(@ForAll @IntRange(max = 800) int count, @ForAll long seed) {
    List<KnowledgeItem> items = Items.items(count);
    List<KnowledgeItem> shuffled = new ArrayList<>(items);
    Collections.shuffle(shuffled, new Random(seed));
    DataSplit.Parts<KnowledgeItem> parts = demo.split(items);
    assertThat(demo.split(shuffled)).isEqualTo(parts);
    List<KnowledgeItem> all = new ArrayList<>(parts.surplus());
    parts.bySplit().values().forEach(all::addAll);
    assertThat(all).containsExactlyInAnyOrderElementsOf(items);
  }

  @Test
  void anItemKeepsItsSplitWhenOthersCome() {
    DataSplit.Parts<KnowledgeItem> few = demo.split(Items.items(200));
    DataSplit.Parts<KnowledgeItem> more = demo.split(Items.items(400));
    for (Split split : Split.values()) {
      Set<KnowledgeItem> later = new HashSet<>(more.get(split));
      later.addAll(more.surplus());
      assertThat(later).containsAll(few.get(split));
    }
  }

  @Test
  void spellingDoesNotMoveAQuestionAndASaltDoes() {
    int moved = 0;
    for (KnowledgeItem item : Items.items(200)) {
      Split split = demo.of(item.question());
      assertThat(demo.of("  " + item.question().toUpperCase() + " ")).isEqualTo(split);
      if (new DataSplit(SplitConfig.demo("other")).of(item.question()) != split) moved++;
    }
    assertThat(moved).isBetween(100, 180);
  }

  @Test
  void aSplitWithoutAShareGetsNothing() {
    DataSplit standard = new DataSplit(SplitConfig.standard("s"));
    assertThat(standard.split(Items.items(500)).get(Split.REPORT)).isEmpty();
  }

  @Test
  void sharesMustAddUp() {
    assertThatThrownBy(() -> new SplitConfig(Map.of(Split.TRAINING, .7), Map.of(), "s"))
        .hasMessageContaining("add up to 1");
    assertThatThrownBy(() -> new SplitConfig(Map.of(Split.TRAINING, Double.NaN), Map.of(), "s"))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> SplitConfig.demo("")).hasMessageContaining("salt");
  }
}
