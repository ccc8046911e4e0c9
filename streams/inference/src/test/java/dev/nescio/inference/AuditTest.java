package dev.nescio.inference;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class AuditTest {

  @Property
  void drawsTheSameAnswerTheSameWayAndAtMostMoreWithALargerShare(@ForAll String answerId) {
    assertThat(Audit.uniform(answerId)).isGreaterThanOrEqualTo(0).isLessThan(1).isEqualTo(Audit.uniform(answerId));
    assertThat(Audit.draws(answerId, 0)).isFalse();
    assertThat(Audit.draws(answerId, 1)).isTrue();
    if (Audit.draws(answerId, 0.3)) assertThat(Audit.draws(answerId, 0.6)).isTrue();
  }

  @Test
  void drawsTheShareAskedFor() {
    long drawn = java.util.stream.IntStream.range(0, 10_000).filter(i -> Audit.draws("q~" + i, 0.2)).count();
    // 2000 with a standard deviation of 40.
    assertThat(drawn).isBetween(1_840L, 2_160L);
  }
}
