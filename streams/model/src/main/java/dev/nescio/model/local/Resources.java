package dev.nescio.model.local;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Things that are freed together, the last first. What is freed while something else fails is freed nevertheless, so a
 * model that could not be opened leaves nothing behind. Not thread-safe.
 */
public final class Resources implements AutoCloseable {

  private final Deque<Runnable> frees = new ArrayDeque<>();

  /**
   * Frees {@code thing} with the rest.
   *
   * @return {@code thing}
   */
  public <T> T hold(T thing, Runnable free) {
    frees.push(free);
    return thing;
  }

  /** Hands everything over to others; closing this frees nothing any more. */
  public Resources release() {
    Resources released = new Resources();
    released.frees.addAll(frees);
    frees.clear();
    return released;
  }

  /** Frees everything; throws what was thrown first, with the rest as suppressed. */
  @Override
  public void close() {
    RuntimeException first = null;
    while (!frees.isEmpty()) {
      try {
        frees.pop().run();
      } catch (RuntimeException e) {
        if (first == null) first = e;
        else first.addSuppressed(e);
      }
    }
    if (first != null) throw first;
  }
}
