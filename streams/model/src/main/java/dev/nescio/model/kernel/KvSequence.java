package dev.nescio.model.kernel;

import dev.nescio.model.kernel.KvPool.Block;
import java.util.ArrayList;
import java.util.List;

/** Keys and values of one sequence: a chain of blocks, the first ones possibly shared. Not thread-safe. */
public final class KvSequence implements AutoCloseable {

  private final KvPool pool;
  private final List<Block> blocks = new ArrayList<>();
  private int length;

  /** An empty sequence. */
  public KvSequence(KvPool pool) {
    this(pool, List.of());
  }

  /** A sequence that begins with whole blocks that others hold too. */
  public KvSequence(KvPool pool, List<Block> shared) {
    this.pool = pool;
    for (Block block : shared) {
      pool.retain(block);
      blocks.add(block);
    }
    length = shared.size() * KvPool.BLOCK;
  }

  /** Another sequence that goes on from here: it shares what is complete and copies the block that is not. */
  public KvSequence fork() {
    int whole = length / KvPool.BLOCK;
    KvSequence fork = new KvSequence(pool, blocks.subList(0, whole));
    if (length % KvPool.BLOCK > 0) fork.blocks.add(pool.copy(blocks.get(whole)));
    fork.length = length;
    return fork;
  }

  /** Tokens computed. */
  public int length() {
    return length;
  }

  /** Block i. */
  public Block block(int i) {
    return blocks.get(i);
  }

  KvPool pool() {
    return pool;
  }

  /** Makes room for more tokens, which count as computed from now on. */
  void extend(int tokens) {
    length += tokens;
    while (blocks.size() * KvPool.BLOCK < length) blocks.add(pool.take());
  }

  @Override
  public void close() {
    blocks.forEach(pool::release);
    blocks.clear();
    length = 0;
  }
}
