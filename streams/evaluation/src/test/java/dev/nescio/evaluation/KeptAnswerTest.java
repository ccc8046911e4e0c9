package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.schemas.Decision;
import dev.nescio.schemas.LabelSource;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class KeptAnswerTest {

  /** In the order in which writing an item meets them. */
  private static final List<String> WORDS = List.of("acme", "geo", "base", "d1", "p1", "sequence-probability");

  @Test
  void tellsWhatTheJoinKeepsOfEachAnswer() {
    LabelJoin join = new LabelJoin(Duration.ofDays(7), Duration.ofDays(1));
    ItemState item = new ItemState();
    join.onAnswer(item, Facts.answer("q~1", 1_000), 0);
    join.onAnswer(item, Facts.answer("q~2", 2_000, Decision.ERROR, OptionalInt.empty()), 0);
    join.onLabel(item, Facts.says("l1", "q~1", LabelSource.PERSON, false, 0, 1_500), 0);
    join.onLabel(item, Facts.says("l2", "q~1", LabelSource.PERSON, true, 1, join.horizonMicros() + 1_001), 0);
    join.onLabel(item, Facts.says("l3", "q~2", LabelSource.SIGNAL, true, 0, 1_500), 0);

    List<KeptAnswer> kept = KeptAnswer.of("q", item.toBytes("q", Words.of(WORDS)), WORDS);

    assertThat(kept).extracting(KeptAnswer::answerId).containsExactly("q~1", "q~2");
    assertThat(kept.get(0).decision()).isEqualTo(Decision.ANSWER);
    assertThat(kept.get(0).confidence()).hasValue(700_000_000);
    assertThat(kept.get(0).correct()).isFalse();
    assertThat(kept.get(0).late()).isEqualTo(1);
    assertThat(kept.get(0).labelInForce()).hasValueSatisfying(wire -> assertThat(wire).containsExactly(1, 2));
    assertThat(kept.get(1).decision()).isEqualTo(Decision.ERROR);
    assertThat(kept.get(1).correct()).as("an answer that failed has no verdict").isNull();
    assertThat(kept.get(1).labelInForce()).isPresent();
  }
}
