package dev.nescio.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.inference.PartitionProgress.Prefix;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PartitionProgressTest {

  @Test
  void commitsOnlyWhatIsFinishedWithoutAGap() {
    PartitionProgress<String> progress = new PartitionProgress<>();
    progress.read(10);
    progress.read(11);
    progress.read(14);
    progress.finish(11, "b");
    assertThat(progress.prefix(9).results()).isEmpty();

    progress.finish(10, "a");
    assertThat(progress.prefix(9)).isEqualTo(new Prefix<>(List.of("a", "b"), 12));
    assertThat(progress.prefix(1)).isEqualTo(new Prefix<>(List.of("a"), 11));

    assertThat(progress.committed(12)).containsExactly("a", "b");
    progress.finish(14, "c");
    assertThat(progress.prefix(9)).isEqualTo(new Prefix<>(List.of("c"), 15));
  }

  @Test
  void refusesWhatCannotBe() {
    PartitionProgress<String> progress = new PartitionProgress<>();
    progress.read(5);
    assertThatThrownBy(() -> progress.read(5)).hasMessageContaining("offset 5 after 5");
    assertThatThrownBy(() -> progress.finish(4, "x")).hasMessageContaining("offset 4 is not under way");
    progress.finish(5, "x");
    assertThatThrownBy(() -> progress.finish(5, "y")).hasMessageContaining("finished already");
  }

  /**
   * Whatever the order of finishing and of commits: the prefix is what a slow reference says, every result comes out
   * exactly once and in the order of offsets.
   */
  @Property(tries = 500)
  void givesEveryResultOnceAndInOrder(@ForAll long seed, @ForAll @IntRange(max = 40) int records) {
    Random random = new Random(seed);
    PartitionProgress<Long> progress = new PartitionProgress<>();
    TreeMap<Long, Boolean> reference = new TreeMap<>();
    List<Long> offsets = new ArrayList<>();
    long offset = random.nextInt(100);
    for (int i = 0; i < records; i++) {
      offset += 1 + random.nextInt(3);
      offsets.add(offset);
    }
    List<Long> toRead = new ArrayList<>(offsets);
    List<Long> underWay = new ArrayList<>();
    List<Long> visible = new ArrayList<>();
    while (visible.size() < records) {
      int step = random.nextInt(3);
      if (step == 0 && !toRead.isEmpty()) {
        long next = toRead.removeFirst();
        progress.read(next);
        reference.put(next, false);
        underWay.add(next);
        Collections.shuffle(underWay, random);
      } else if (step == 1 && !underWay.isEmpty()) {
        long done = underWay.removeFirst();
        progress.finish(done, done);
        reference.put(done, true);
      } else {
        int limit = 1 + random.nextInt(5);
        Prefix<Long> prefix = progress.prefix(limit);
        assertThat(prefix.results()).isEqualTo(slowPrefix(reference, limit));
        assertThat(progress.size()).isEqualTo(reference.size());
        assertThat(progress.waiting()).isEqualTo((int) reference.values().stream().filter(done -> !done).count());
        if (!prefix.results().isEmpty() && random.nextBoolean()) {
          assertThat(prefix.nextOffset()).isEqualTo(prefix.results().getLast() + 1);
          visible.addAll(progress.committed(prefix.nextOffset()));
          prefix.results().forEach(reference::remove);
        }
      }
    }
    assertThat(visible).isEqualTo(offsets);
    assertThat(progress.size()).isZero();
  }

  private static List<Long> slowPrefix(TreeMap<Long, Boolean> reference, int limit) {
    List<Long> prefix = new ArrayList<>();
    for (var entry : reference.entrySet()) {
      if (!entry.getValue() || prefix.size() == limit) return prefix;
      prefix.add(entry.getKey());
    }
    return prefix;
  }
}
