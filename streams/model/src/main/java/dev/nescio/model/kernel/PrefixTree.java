package dev.nescio.model.kernel;

import dev.nescio.model.kernel.KvPool.Block;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keys and values of prompt beginnings that were computed before, in whole blocks: a tree whose paths are token
 * sequences, apart for each adapter. The least recently used ends go first. Not thread-safe.
 *
 * <p>Source: Zheng et al. 2024, SGLang, section 3, RadixAttention (2312.07104).
 */
public final class PrefixTree implements AutoCloseable {

  private record Tokens(int[] ids) {

    @Override
    public boolean equals(Object other) {
      return other instanceof Tokens tokens && Arrays.equals(ids, tokens.ids);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(ids);
    }
  }

  private static final class Node {

    private final Map<Tokens, Node> children = new HashMap<>();
    private final Block block; // null at a root
    private long lastUse;

    Node(Block block) {
      this.block = block;
    }
  }

  private final KvPool pool;
  private final int maxBlocks;
  private final Map<Optional<String>, Node> roots = new HashMap<>();
  private int blocks;
  private long clock;

  /** @param maxBytes memory of blocks that only this tree holds on to, 0 for none */
  public PrefixTree(KvPool pool, long maxBytes) {
    this.pool = pool;
    this.maxBlocks = (int) Math.min(Integer.MAX_VALUE, maxBytes / pool.blockBytes());
  }

  /**
   * The known blocks at the beginning of a prompt; at least its last token is left to be computed. Valid until
   * {@link #trim}.
   */
  public List<Block> find(Optional<String> adapter, int[] tokens) {
    List<Block> found = new ArrayList<>();
    Node node = roots.get(adapter);
    for (int i = 0; node != null && (i + 1) * KvPool.BLOCK < tokens.length; i++) {
      node = node.children.get(part(tokens, i));
      if (node == null) break;
      node.lastUse = ++clock;
      found.add(node.block);
    }
    return found;
  }

  /** Keeps the whole blocks of a computed prompt. */
  public void keep(Optional<String> adapter, int[] tokens, KvSequence computed) {
    if (maxBlocks == 0) return;
    Node node = roots.computeIfAbsent(adapter, key -> new Node(null));
    for (int i = 0; (i + 1) * KvPool.BLOCK <= tokens.length; i++) {
      Tokens part = part(tokens, i);
      Node next = node.children.get(part);
      if (next == null) {
        next = new Node(computed.block(i));
        pool.retain(next.block);
        blocks++;
        node.children.put(part, next);
      }
      next.lastUse = ++clock;
      node = next;
    }
  }

  /** Lets go of the least recently used until the bound is kept. */
  public void trim() {
    while (blocks > maxBlocks) roots.values().stream().flatMap(root -> ends(root).stream())
        .min((a, b) -> Long.compare(a.node.lastUse, b.node.lastUse)).ifPresent(this::drop);
  }

  /** Lets go of what belongs to an adapter. */
  public void drop(String adapter) {
    Node root = roots.remove(Optional.of(adapter));
    if (root != null) release(root);
  }

  /** True unless nothing is ever kept. */
  public boolean keepsAny() {
    return maxBlocks > 0;
  }

  /** Blocks held. */
  public int blocks() {
    return blocks;
  }

  @Override
  public void close() {
    roots.values().forEach(this::release);
    roots.clear();
  }

  private record End(Node parent, Tokens key, Node node) {}

  private static List<End> ends(Node node) {
    List<End> ends = new ArrayList<>();
    node.children.forEach((key, child) -> {
      if (child.children.isEmpty()) ends.add(new End(node, key, child)); else ends.addAll(ends(child));
    });
    return ends;
  }

  private void drop(End end) {
    end.parent.children.remove(end.key);
    pool.release(end.node.block);
    blocks--;
  }

  private void release(Node node) {
    node.children.values().forEach(this::release);
    if (node.block != null) {
      pool.release(node.block);
      blocks--;
    }
  }

  private static Tokens part(int[] tokens, int i) {
    return new Tokens(Arrays.copyOfRange(tokens, i * KvPool.BLOCK, (i + 1) * KvPool.BLOCK));
  }
}
