package dev.nescio.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ActivityTest {

  private static final long MICROS = 1_000_000L;

  private static Activity.View tenSeconds(Activity activity) {
    return activity.takeChanges().stream()
        .filter(v -> v.model().equals("m") && v.bucketSeconds() == 10)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void keepsABoundedNumberOfBucketsAndSaysWhenItDropsSome() {
    Activity activity = new Activity();
    activity.add("m", 0, Outcome.ANSWERED_CORRECT, 1);
    assertThat(tenSeconds(activity).whole()).isTrue();

    for (int i = 0; i <= 60; i++) activity.add("m", i * 10 * MICROS, Outcome.ANSWERED_WRONG, 1);
    Activity.View view = tenSeconds(activity);

    assertThat(view.whole()).isFalse();
    assertThat(view.buckets()).hasSize(60);
    assertThat(view.buckets().getFirst()[0]).isEqualTo(10);
  }

  @Test
  void saysNothingAboutWhatDidNotChange() {
    Activity activity = new Activity();
    activity.add("m", 0, Outcome.ERROR, 1);

    assertThat(activity.takeChanges()).hasSize(2 * Activity.LEVELS.size());
    assertThat(activity.takeChanges()).isEmpty();
  }

  @Property(tries = 100)
  void theOrderOfAnswersDoesNotMatter(@ForAll @IntRange(min = 1, max = 200) int n, @ForAll long seed) {
    Random random = new Random(seed);
    List<long[]> answers = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      answers.add(new long[] {random.nextLong(590 * MICROS), random.nextInt(Outcome.values().length)});
    }
    Activity inOrder = new Activity();
    answers.forEach(a -> inOrder.add("m", a[0], Outcome.values()[(int) a[1]], 1));
    Collections.shuffle(answers, random);
    Activity shuffled = new Activity();
    answers.forEach(a -> shuffled.add("m", a[0], Outcome.values()[(int) a[1]], 1));

    assertThat(tenSeconds(shuffled).buckets().toArray(long[][]::new))
        .isDeepEqualTo(tenSeconds(inOrder).buckets().toArray(long[][]::new));
  }
}
