package dev.nescio.model.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Memory for keys and values in blocks of {@link #BLOCK} tokens, which sequences share where they begin alike. Taken from
 * the system as it is needed and reused until the pool is closed. Not thread-safe.
 *
 * <p>A block holds, for each layer and key-value head, the keys as [headDim][BLOCK], so that the scores of a query are
 * computed for neighbouring tokens at once, then the values as [BLOCK][headDim, padded to whole vectors].
 *
 * <p>Source: Kwon et al. 2023, PagedAttention (2309.06180).
 */
public final class KvPool implements AutoCloseable {

  /** Tokens of a block; a multiple of every vector width. */
  public static final int BLOCK = 32;

  /** Blocks taken from the system at once. */
  private static final int SLAB = 8;

  private final Arena arena = Arena.ofShared();
  private final int dim;
  private final int kvHeads;
  private final long keyBytes;
  private final long headBytes;
  private final long blockBytes;
  private final Deque<Block> free = new ArrayDeque<>();
  private int made;
  private int used;

  /** Keys and values of some tokens; belongs to whoever took it until the last reference is released. */
  public static final class Block {

    private final MemorySegment memory;
    private int references;

    private Block(MemorySegment memory) {
      this.memory = memory;
    }

    MemorySegment memory() {
      return memory;
    }

    /** True if more than one holds it: it must not be written to. */
    public boolean isShared() {
      return references > 1;
    }
  }

  public KvPool(DecoderShape shape) {
    this.dim = Lanes.padded(shape.headDim());
    this.kvHeads = shape.kvHeads();
    this.keyBytes = (long) shape.headDim() * BLOCK * Float.BYTES;
    this.headBytes = keyBytes + (long) BLOCK * dim * Float.BYTES;
    this.blockBytes = headBytes * kvHeads * shape.layers();
  }

  /** Memory of a block. */
  public long blockBytes() {
    return blockBytes;
  }

  /** Blocks in use. */
  public int used() {
    return used;
  }

  /** A block with one reference; what stood in it is still there. */
  public Block take() {
    if (free.isEmpty()) grow();
    Block block = free.pop();
    block.references = 1;
    used++;
    return block;
  }

  /** Adds a reference. */
  public void retain(Block block) {
    if (block.references < 1) throw new IllegalStateException("the block is free");
    block.references++;
  }

  /** Takes one reference back. */
  public void release(Block block) {
    if (block.references < 1) throw new IllegalStateException("the block is free already");
    if (--block.references == 0) {
      free.push(block);
      used--;
    }
  }

  /** A block with the same content and one reference. */
  Block copy(Block block) {
    Block copy = take();
    copy.memory.copyFrom(block.memory);
    return copy;
  }

  /** Offset of the keys of a head in a block. */
  long keys(int layer, int head) {
    return (long) (layer * kvHeads + head) * headBytes;
  }

  /** Offset of its values. */
  long values(int layer, int head) {
    return keys(layer, head) + keyBytes;
  }

  /** Floats between the values of two tokens. */
  int valueStride() {
    return dim;
  }

  @Override
  public void close() {
    arena.close();
  }

  private void grow() {
    MemorySegment slab = Matrix.allocate(arena, blockBytes * SLAB);
    // From the last on, so that blocks are used in the order of their addresses.
    for (int i = SLAB - 1; i >= 0; i--) free.push(new Block(slab.asSlice(i * blockBytes, blockBytes)));
    made += SLAB;
  }

  /** Memory taken from the system. */
  public long bytes() {
    return made * blockBytes;
  }
}
