package dev.nescio.language;

import dev.nescio.language.Generation.Token;

/**
 * Hears the tokens of answer spans while they are made, each once and in order within its sequence. A token that may
 * still be cut off, because a stop string may have begun in it, is held back until that is decided.
 *
 * <p>Called by the thread that runs the model: it must not block.
 */
@FunctionalInterface
public interface TokenListener {

  /**
   * @param request place of the request in the call
   * @param sample  number of the sequence within the request
   * @throws java.util.concurrent.CancellationException when nobody waits for the call any more: the model gives its
   *     works up, and the call ends with this exception. So does it when the calling thread is interrupted, where it can
   */
  void token(int request, int sample, Token token);
}
