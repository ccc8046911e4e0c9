package dev.nescio.model.batch;

import dev.nescio.model.kernel.Probe;
import java.util.Optional;

/**
 * New tokens of one sequence.
 *
 * @param <S>    how the runner keeps sequences
 * @param strand what was computed before; gets the new tokens
 * @param tokens at least one; not to be changed
 * @param wanted of how many of the last tokens the distributions are wanted, 0 to all
 * @param look   what is asked of these
 * @param probe  records what goes on inside, if asked for
 */
public record Piece<S extends Strand>(S strand, int[] tokens, int wanted, Look look, Optional<Probe> probe) {

  public Piece {
    if (tokens.length == 0) throw new IllegalArgumentException("a piece needs a token");
    if (wanted < 0 || wanted > tokens.length) {
      throw new IllegalArgumentException("wanted " + wanted + " of " + tokens.length + " tokens");
    }
  }
}
