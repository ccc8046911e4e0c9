package dev.nescio.producers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {

  private final AtomicLong now = new AtomicLong(1_000);
  private final List<Long> waits = new ArrayList<>();
  private final Pace pace = Pace.perSecond(4, now::get, nanos -> {
    waits.add(nanos);
    now.addAndGet(nanos);
  });

  @Test
  void spacesRecordsEvenly() throws InterruptedException {
    long start = pace.start();
    for (int i = 0; i < 4; i++) {
      pace.await(start, i);
    }
    // 4 a second: one every 250 ms, the first at once.
    assertThat(waits).containsExactly(250_000_000L, 250_000_000L, 250_000_000L);
  }

  @Test
  void catchesUpAfterAStall() throws InterruptedException {
    long start = pace.start();
    now.addAndGet(600_000_000);
    for (int i = 0; i < 4; i++) {
      pace.await(start, i);
    }
    // Due at 0, 250 and 500 ms: all late; the next at 750 ms, 150 ms from now.
    assertThat(waits).containsExactly(150_000_000L);
  }

  @Test
  void aRateIsAboveZero() {
    assertThatThrownBy(() -> Pace.perSecond(0)).hasMessageContaining("above 0");
    assertThatThrownBy(() -> Pace.perSecond(Double.NaN)).hasMessageContaining("above 0");
  }
}
