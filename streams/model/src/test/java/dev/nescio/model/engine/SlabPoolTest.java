package dev.nescio.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import dev.nescio.model.Golden;
import dev.nescio.model.llama.IdkRow;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.torch.Torch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlabPoolTest {

  private final NDManager manager = Torch.newManager();
  private LlamaForward forward;
  private long slotBytes;

  @BeforeEach
  void open() throws IOException {
    LlamaWeights weights = LlamaWeights.load(Golden.path("tiny"), new IdkRow.None(), manager);
    forward = new LlamaForward(weights, 256, 8);
    slotBytes = weights.cacheBytesPerToken();
  }

  @AfterEach
  void close() {
    forward.close();
    manager.close();
  }

  @Test
  void rowsHaveAtMostHalfAsManySlotsAgainAsTheyNeed() {
    assertThat(IntStream.of(1, 32, 33, 64, 65, 128, 129, 192, 193, 257, 1025).map(SlabPool::slots).toArray())
        .containsExactly(32, 32, 64, 64, 96, 128, 192, 192, 256, 384, 1536);
    for (int tokens = 33; tokens < 5000; tokens++) {
      assertThat(SlabPool.slots(tokens)).isBetween(tokens, Math.max(64, tokens * 3 / 2));
      assertThat(SlabPool.slots(tokens)).isGreaterThanOrEqualTo(SlabPool.slots(tokens - 1));
    }
  }

  @Test
  void thereAreAsManyRowsAsAreWantedAndNoMoreThanAllowed() {
    SlabPool pool = pool(5, 10_000);
    List<Slab.Row> rows = take(pool, 40, 4, 4);
    assertThat(rows).hasSize(4).extracting(Slab.Row::index).containsExactly(0, 1, 2, 3);
    assertThat(pool.slabs()).isEqualTo(1);
    assertThat(take(pool, 40, 4, 1)).hasSize(1);
    assertThat(take(pool, 40, 1, 1)).isEmpty();
    assertThat(take(pool, 100, 1, 1)).isEmpty();
    rows.get(1).release();
    assertThat(take(pool, 40, 1, 1).getFirst().index()).isEqualTo(1);
    assertThat(pool.used()).isEqualTo(5);
  }

  @Test
  void memoryGoesToTheLengthThatIsWanted() {
    SlabPool pool = pool(8, 256);
    List<Slab.Row> shorter = take(pool, 32, 8, 8); // all of it
    assertThat(pool.bytes()).isEqualTo(256 * slotBytes);
    assertThat(take(pool, 64, 1, 1)).isEmpty();
    shorter.forEach(Slab.Row::release);
    List<Slab.Row> longer = take(pool, 64, 8, 8);
    assertThat(longer).hasSize(4);
    assertThat(pool.slabs()).isEqualTo(1);
    longer.getFirst().release();
    assertThat(take(pool, 10, 1, 1)).as("a longer row will do").hasSize(1);
    assertThat(pool.bytes()).isEqualTo(256 * slotBytes);
  }

  @Test
  void oneSequenceIsRunEvenIfItNeedsMore() {
    SlabPool pool = pool(8, 64);
    Slab.Row huge = take(pool, 200, 8, 1).getFirst();
    assertThat(pool.bytes()).isEqualTo(256 * slotBytes);
    assertThat(take(pool, 10, 1, 1)).isEmpty();
    huge.release();
    assertThat(take(pool, 10, 2, 2)).hasSize(2);
    assertThat(pool.bytes()).isEqualTo(64 * slotBytes);
  }

  @Test
  void gapsAreClosedWithWhatTheRowsHold() {
    SlabPool pool = pool(4, 10_000);
    List<Slab.Row> rows = take(pool, 32, 4, 4);
    EngineLogits.of(manager, forward, List.of(
        new TokenBatch.Part(forward.base(), rows.get(3).cache(), 3, 0, new int[] {7, 8, 9}, 1)));
    rows.get(3).grow(3);
    NDArray before = forward.take(manager, rows.get(3).cache(), 3, 3);
    rows.get(0).release();
    rows.get(2).release();
    pool.closeGaps();
    assertThat(List.of(rows.get(3).index(), rows.get(1).index())).containsExactly(0, 1);
    assertThat(forward.take(manager, rows.get(3).cache(), 0, 3)).isEqualTo(before);
    assertThat(before.abs().sum().getFloat()).isPositive();
  }

  @Test
  void aRowThatMayHoldWhatIsNoNumberIsClearedBeforeItIsGivenAgain() {
    SlabPool pool = pool(1, 10_000);
    for (boolean sound : new boolean[] {true, false}) {
      Slab.Row row = take(pool, 32, 1, 1).getFirst();
      row.cache().set(new NDIndex(":, :, 0"), 5);
      row.grow(3);
      if (sound) row.isSound();
      row.release();
      Slab.Row again = take(pool, 32, 1, 1).getFirst();
      assertThat(forward.take(manager, again.cache(), 0, 3).max().getFloat()).isEqualTo(sound ? 5 : 0);
      again.release();
      assertThatThrownBy(again::release).isInstanceOf(IllegalStateException.class);
    }
  }

  private SlabPool pool(int maxRows, int maxSlots) {
    return new SlabPool(forward, manager, maxRows, maxSlots * slotBytes, slotBytes);
  }

  /** Takes as many as there are, up to a number. */
  private static List<Slab.Row> take(SlabPool pool, int tokens, int wanted, int most) {
    List<Slab.Row> rows = new ArrayList<>();
    for (int i = 0; i < most; i++) pool.take(tokens, () -> wanted).ifPresent(rows::add);
    return rows;
  }
}
