package dev.nescio.loadtests.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.loadtests.kill.KillCase.BrokerRole;
import dev.nescio.loadtests.kill.KillCase.Moment;
import dev.nescio.loadtests.kill.KillCase.Phase;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class KillCaseTest {

  @Test
  void twentySevenSeedsInARowAreEachKindOnce() {
    for (long first : new long[] {0, 13, 100}) {
      Set<List<Object>> kinds = new HashSet<>();
      LongStream.range(first, first + 27).mapToObj(KillCase::of)
          .forEach(what -> kinds.add(List.of(what.victim(), what.signal(), what.moment())));
      assertThat(kinds).hasSize(27);
    }
  }

  @Test
  void theSameSeedIsTheSameCase() {
    LongStream.range(0, 60).forEach(seed -> assertThat(KillCase.of(seed)).isEqualTo(KillCase.of(seed)));
  }

  @Test
  void theRestIsDrawn() {
    List<KillCase> cases = LongStream.range(0, 200).mapToObj(KillCase::of).toList();
    assertThat(cases).extracting(KillCase::instance).contains(0, 1);
    assertThat(cases).extracting(KillCase::role).contains(BrokerRole.values());
    assertThat(cases).extracting(KillCase::phase).contains(Phase.values());
    assertThat(cases).allSatisfy(what -> {
      assertThat(what.downMillis()).isBetween(0, 3_000);
      if (what.moment() == Moment.IDLE) assertThat(what.delayMillis()).isZero();
      if (what.moment() == Moment.COMMIT) {
        assertThat(what.role()).isEqualTo(BrokerRole.TRANSACTION_COORDINATOR);
        assertThat(what.delayMillis()).isLessThan(60);
      }
    });
  }

  @Test
  void aSeedIsNotNegative() {
    assertThatThrownBy(() -> KillCase.of(-1)).hasMessageContaining("0 or above");
  }
}
