package dev.nescio.model.batch;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** One call of a model that waits for its works, which succeed or fail together. */
public final class Call {

  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private volatile boolean abandoned;
  private int open;

  /** @param works number of them that have to be finished */
  public Call(int works) {
    this.open = works;
    if (works == 0) end.complete(null);
  }

  /** One work is finished; on the model's thread. */
  void finished() {
    if (--open == 0) end.complete(null);
  }

  void fail(Throwable cause) {
    abandoned = true;
    end.completeExceptionally(cause);
  }

  /** True if nobody wants the result any more. */
  boolean isAbandoned() {
    return abandoned;
  }

  /**
   * Waits for the end; throws what went wrong.
   *
   * @throws CancellationException if the waiting thread was interrupted, which gives the works up, or the model was
   *     closed
   */
  void await() {
    try {
      end.get();
    } catch (InterruptedException e) {
      abandoned = true;
      Thread.currentThread().interrupt();
      throw (CancellationException) new CancellationException("interrupted while the model was at work").initCause(e);
    } catch (CancellationException e) {
      // The future wraps it in one that does not say why.
      throw e.getCause() instanceof CancellationException why ? why : e;
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        default -> throw new IllegalStateException(e.getCause());
      }
    }
  }
}
