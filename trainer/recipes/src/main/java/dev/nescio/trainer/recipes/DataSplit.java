package dev.nescio.trainer.recipes;

import dev.nescio.grading.NormalText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Assigns questions to splits by a salted hash of their normalised text, so that an item stays in its split whatever
 * else is in the data, and two spellings of one question are never in two splits.
 */
public final class DataSplit {

  private final SplitConfig config;

  public DataSplit(SplitConfig config) {
    this.config = config;
  }

  /** The split of a question, by its text alone; caps are not applied. */
  public Split of(String question) {
    double place = Math.scalb((double) (hash(question) >>> 11), -53);
    double upper = 0;
    Split last = null;
    for (Split split : Split.values()) {
      double share = config.shares().getOrDefault(split, 0.0);
      if (share == 0) continue;
      upper += share;
      last = split;
      if (place < upper) return split;
    }
    // Shares that add up to a hair below 1.
    return last;
  }

  /** Splits items; the order inside a split is that of the hash, so a cap keeps a random, stable part. */
  public Parts<KnowledgeItem> split(List<KnowledgeItem> items) {
    return split(items, KnowledgeItem::question);
  }

  /** As {@link #split(List)}, for anything with a question text. */
  public <T> Parts<T> split(List<T> items, Function<T, String> question) {
    Map<Split, List<T>> parts = new EnumMap<>(Split.class);
    for (Split split : Split.values()) parts.put(split, new ArrayList<>());
    List<T> surplus = new ArrayList<>();
    Comparator<T> byHash = Comparator.comparing(item -> hash(question.apply(item)), Long::compareUnsigned);
    for (T item : items.stream().sorted(byHash).toList()) {
      Split split = of(question.apply(item));
      List<T> part = parts.get(split);
      boolean full = part.size() >= config.caps().getOrDefault(split, Integer.MAX_VALUE);
      (full ? surplus : part).add(item);
    }
    return new Parts<>(parts, surplus);
  }

  private long hash(String question) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(config.salt().getBytes(StandardCharsets.UTF_8));
      sha.update((byte) 0);
      return ByteBuffer.wrap(sha.digest(NormalText.of(question).getBytes(StandardCharsets.UTF_8))).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * A data set in its splits.
   *
   * @param bySplit items of each split
   * @param surplus items above the cap of their split, used by nothing
   */
  public record Parts<T>(Map<Split, List<T>> bySplit, List<T> surplus) {
    public Parts {
      Map<Split, List<T>> copy = new EnumMap<>(Split.class);
      bySplit.forEach((split, items) -> copy.put(split, List.copyOf(items)));
      bySplit = Collections.unmodifiableMap(copy);
      surplus = List.copyOf(surplus);
    }

    public List<T> get(Split split) {
      return bySplit.get(split);
    }
  }
}
