package dev.nescio.loadtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.loadtests.Workload.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PacerTest {

  private static final long SECOND = 1_000_000_000L;
  private static final long START = 77;

  private final AtomicLong now = new AtomicLong(START);
  private final List<String> events = new ArrayList<>();
  private final Pacer pacer = new Pacer(now::get, now::addAndGet);
  private final Schedule everySecond = Schedule.of(List.of(new Phase(1, 4)));

  @Test
  void sendsWhenDue() throws InterruptedException {
    pacer.run(everySecond, START, List.of(), this::send, () -> events.add("never"));

    assertThat(events).containsExactly("0 at 0", "1 at 1", "2 at 2", "3 at 3");
  }

  @Test
  void sendsWhatIsOverdueAtOnceAndIsBackOnTheScheduleAfterwards() throws InterruptedException {
    pacer.run(everySecond, START, List.of(), index -> {
      send(index);
      if (index == 0) now.addAndGet(2 * SECOND);
    }, () -> events.add("never"));

    assertThat(events).containsExactly("0 at 0", "1 at 2", "2 at 2", "3 at 3");
  }

  @Test
  void interruptsInBetweenAndAfterTheLastQuestion() throws InterruptedException {
    pacer.run(everySecond, START, List.of(SECOND, 6 * SECOND), this::send, () -> {
      events.add("killed at " + seconds());
      now.addAndGet(SECOND);
    });

    assertThat(events).containsExactly("0 at 0", "killed at 1", "1 at 2", "2 at 2", "3 at 3", "killed at 6");
  }

  @Test
  void sleepsAgainAfterWakingEarly() throws InterruptedException {
    Pacer restless = new Pacer(now::get, nanos -> now.addAndGet(Math.max(1, nanos / 2)));

    restless.run(everySecond, START, List.of(), this::send, () -> events.add("never"));

    assertThat(events).containsExactly("0 at 0", "1 at 1", "2 at 2", "3 at 3");
  }

  private void send(int index) {
    events.add(index + " at " + seconds());
  }

  private long seconds() {
    return (now.get() - START) / SECOND;
  }
}
