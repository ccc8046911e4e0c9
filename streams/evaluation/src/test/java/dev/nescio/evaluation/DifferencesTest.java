package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.schemas.Decision;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DifferencesTest {

  private static final long MINUTE = 60_000_000L;

  private final Differences differences = new Differences();

  @Test
  void sumsEverySliceThatAnAnswerIsIn() {
    for (int i = 0; i < 3; i++) differences.add(new JoinEffects.Change(null, contribution("q~" + i, MINUTE, true)));
    differences.add(new JoinEffects.Change(null, contribution("q~9", 2 * MINUTE, false)));
    assertThat(differences.size()).isEqualTo(4);

    Differences.Drained drained = differences.drain();

    assertThat(drained.deltas()).hasSize(5);
    for (Map<Long, SliceDelta> byMinute : drained.deltas().values()) {
      assertThat(byMinute.get(1L).difference().count(Count.ANSWERS)).isEqualTo(3);
      assertThat(byMinute.get(2L).difference().summary().outcomes().n()).isEqualTo(1);
    }
    assertThat(differences.size()).isZero();
    assertThat(differences.drain().deltas()).isEmpty();
  }

  @Test
  void cancelsWhatCameAndWent() {
    Contribution right = contribution("q~1", MINUTE, true);
    differences.add(new JoinEffects.Change(null, right));
    differences.add(new JoinEffects.Change(right, contribution("q~1", MINUTE, null)));

    differences.drain().deltas().values().forEach(byMinute -> assertThat(byMinute.values()).singleElement()
        .satisfies(delta -> assertThat(delta.difference().summary().isEmpty()).isTrue())
        .satisfies(delta -> assertThat(delta.difference().count(Count.ANSWERS)).isEqualTo(1)));
  }

  private static Contribution contribution(String id, long answeredAt, Boolean correct) {
    AnswerFacts answer = Facts.answer(id, answeredAt, Decision.ANSWER, OptionalInt.of(5));
    return new Contribution(answer.withoutCandidate(), correct != null, correct, 0, OptionalLong.empty(),
        Opinions.NONE);
  }
}
