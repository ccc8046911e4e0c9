package dev.nescio.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TeamTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void everyTaskIsDoneOnceBeforeTheCallReturns(int threads) {
    try (Team team = new Team(threads)) {
      for (int round = 0; round < 2_000; round++) {
        int tasks = round % 37;
        AtomicIntegerArray done = new AtomicIntegerArray(37);
        team.run(tasks, done::incrementAndGet);
        for (int i = 0; i < 37; i++) assertThat(done.get(i)).isEqualTo(i < tasks ? 1 : 0);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void throwsWhatATaskThrewAndGoesOn(int threads) {
    try (Team team = new Team(threads)) {
      assertThatThrownBy(() -> team.run(9, i -> {
        if (i == 4) throw new IllegalArgumentException("task " + i);
      })).hasMessage("task 4");
      AtomicInteger count = new AtomicInteger();
      team.run(9, i -> count.incrementAndGet());
      assertThat(count).hasValue(9);
    }
  }
}
