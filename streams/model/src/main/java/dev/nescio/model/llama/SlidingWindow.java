package dev.nescio.model.llama;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Layers in which a token sees only the last tokens before it: token i sees token j where i - tokens &lt; j &lt;= i.
 *
 * <p>Source: Child et al. 2019 (1904.10509); Jiang et al. 2023, Mistral 7B, section 2 (2310.06825); the edge is that of
 * transformers' {@code sliding_window_overlay}.
 *
 * @param tokens that a token sees at most, itself included; at least 1
 * @param layers that have the window, from 0, at least one; the others see everything before
 */
public record SlidingWindow(int tokens, SortedSet<Integer> layers) {

  public SlidingWindow {
    if (tokens < 1) throw new IllegalArgumentException("sliding_window must be at least 1, is " + tokens);
    layers = Collections.unmodifiableSortedSet(new TreeSet<>(layers));
    if (layers.isEmpty()) throw new IllegalArgumentException("no layer has the sliding window of " + tokens);
    if (layers.first() < 0) throw new IllegalArgumentException("no layer has the number " + layers.first());
  }

  /** A window in the layers from {@code first} to before {@code end}. */
  public static SlidingWindow ofLayers(int tokens, int first, int end) {
    SortedSet<Integer> layers = new TreeSet<>();
    for (int layer = first; layer < end; layer++) layers.add(layer);
    return new SlidingWindow(tokens, layers);
  }
}
