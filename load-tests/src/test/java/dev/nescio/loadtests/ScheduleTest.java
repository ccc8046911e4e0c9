package dev.nescio.loadtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.nescio.loadtests.Workload.Phase;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ScheduleTest {

  private static final long SECOND = 1_000_000_000L;

  @Test
  void spacesQuestionsEvenlyWithinAPhaseAndStartsTheNextAtItsOwnTime() {
    Schedule schedule = Schedule.of(List.of(new Phase(2, 1), new Phase(0, 3), new Phase(4, 0.5)));

    assertThat(schedule.size()).isEqualTo(4);
    assertThat(IntStream.range(0, 4).mapToLong(schedule::due))
        .containsExactly(0L, SECOND / 2, 4 * SECOND, 4 * SECOND + SECOND / 4);
    assertThat(schedule.nanos()).isEqualTo(4 * SECOND + SECOND / 2);
  }

  @Test
  void hasNoQuestionOutsideOfItself() {
    Schedule schedule = Schedule.of(List.of(new Phase(2, 1)));

    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> schedule.due(2));
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> schedule.due(-1));
  }

  @Property
  void neverGoesBackAndEndsWithinItsLength(
      @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 50) Integer> rates, @ForAll @IntRange(min = 1, max = 9) int tenths) {
    Schedule schedule = Schedule.of(rates.stream().map(rate -> new Phase(rate, tenths / 10.0)).toList());
    long[] due = IntStream.range(0, schedule.size()).mapToLong(schedule::due).toArray();

    assertThat(due).isSorted();
    // The number of questions is rounded, so the last may be half an interval of the slowest rate, 1 a second, late.
    assertThat(Arrays.stream(due)).allMatch(at -> at >= 0 && at <= schedule.nanos() + SECOND / 2);
  }
}
