package dev.nescio.model.kernel;

import java.util.Optional;

/**
 * New tokens of one sequence.
 *
 * @param kv     what was computed before; gets the new tokens
 * @param tokens at least one
 * @param wanted of how many of the last tokens the logits are wanted, 0 to all
 * @param probe  records what goes on inside, if asked for
 */
public record Span(KvSequence kv, int[] tokens, Adapter adapter, int wanted, Optional<Probe> probe) {

  public Span {
    if (tokens.length == 0) throw new IllegalArgumentException("a span needs a token");
    if (wanted < 0 || wanted > tokens.length) {
      throw new IllegalArgumentException("wanted " + wanted + " of " + tokens.length + " tokens");
    }
  }
}
