package dev.nescio.language.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

  private static final RetryPolicy POLICY = new RetryPolicy(9, Duration.ofMillis(100), Duration.ofSeconds(2));

  @Property(tries = 200)
  void waitsAtMostTwiceAsLongEachTime(@ForAll @IntRange(max = 8) int retry, @ForAll long seed) {
    Duration bound = Duration.ofMillis(Math.min(2000, 100L << retry));
    assertThat(POLICY.pause(retry, Optional.empty(), new Random(seed)).orElseThrow())
        .isBetween(Duration.ZERO, bound);
  }

  @Test
  void spreadsTheWaitsOverTheWholeSpan() {
    Random random = new Random(7);
    double mean = 0;
    for (int i = 0; i < 1000; i++) mean += POLICY.pause(1, Optional.empty(), random).orElseThrow().toMillis() / 1000.0;
    assertThat(mean).isBetween(90.0, 110.0);
  }

  @Test
  void neverComesBackBeforeTheServerAsked() {
    Duration asked = Duration.ofMillis(1500);
    assertThat(POLICY.pause(0, Optional.of(asked), new Random(1))).contains(asked);
    assertThat(POLICY.pause(0, Optional.of(Duration.ofSeconds(3)), new Random(1))).isEmpty();
    assertThat(POLICY.pause(9, Optional.empty(), new Random(1))).isEmpty();
  }

  @Test
  void readsBothFormsOfRetryAfter() {
    Instant now = Instant.parse("2026-11-22T12:00:00Z");
    assertThat(RetryAfter.parse("120", now)).contains(Duration.ofMinutes(2));
    assertThat(RetryAfter.parse("Sun, 22 Nov 2026 12:00:30 GMT", now)).contains(Duration.ofSeconds(30));
    assertThat(RetryAfter.parse("Sun, 22 Nov 2026 11:00:00 GMT", now)).contains(Duration.ZERO);
    for (String other : new String[] {"", "soon", "-1", "99999999999999999999", "1.5"}) {
      assertThat(RetryAfter.parse(other, now)).as(other).isEmpty();
    }
  }

  @Test
  void checksItself() {
    Duration milli = Duration.ofMillis(1);
    assertThatThrownBy(() -> new RetryPolicy(-1, milli, milli)).hasMessageContaining("retries");
    assertThatThrownBy(() -> new RetryPolicy(1, Duration.ZERO, milli)).hasMessageContaining("first");
    assertThatThrownBy(() -> new RetryPolicy(1, milli.multipliedBy(2), milli)).hasMessageContaining("longest");
  }
}
