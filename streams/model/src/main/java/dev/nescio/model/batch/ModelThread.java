package dev.nescio.model.batch;

import dev.nescio.model.local.PrefixReuse;
import dev.nescio.model.local.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that runs a model; others hand it their work and wait. However it ends, nobody is left waiting: what
 * it had is given up, and later calls are told that the model is closed.
 *
 * @param <S> how the runner keeps sequences
 */
public final class ModelThread<S extends Strand> implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ModelThread.class);

  private final String name;
  private final ContinuousBatch<S> batch;
  private final LinkedBlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
  private final List<LoadedModel> retired = new ArrayList<>();
  private final Resources held;
  private final Thread thread;
  private boolean closing;
  private boolean closed; // guarded by this

  /**
   * @param name of the model, for messages
   * @param held all that the model holds, freed when nothing is at work any more
   */
  public ModelThread(String name, ContinuousBatch<S> batch, Resources held) {
    this.name = name;
    this.batch = batch;
    this.held = held;
    this.thread = Thread.ofPlatform().daemon().name("nescio-model").start(this::work);
  }

  /**
   * Adds the works of a call and waits for its end.
   *
   * @throws IllegalStateException when a token listener calls: it runs on this very thread, which would wait for itself
   */
  public void run(Call call, List<? extends Feed<S>> feeds) {
    refuseListeners();
    hand(() -> feeds.forEach(batch::add));
    call.await();
  }

  /** Asks on the model's thread, when a run is over. */
  public <T> T ask(Supplier<T> question) {
    refuseListeners();
    return CompletableFuture.supplyAsync(question, this::hand).join();
  }

  /** May be asked by any thread. */
  public PrefixReuse prefixReuse() {
    return batch.prefixReuse();
  }

  /**
   * Forgets a model that nobody can ask for any more and closes it: before this returns, if nothing at work uses it,
   * else when that is done.
   */
  public void retire(LoadedModel model) {
    if (Thread.currentThread() == thread) retireNow(model);
    else ask(() -> retireNow(model));
  }

  private boolean retireNow(LoadedModel model) {
    batch.forget(model);
    return freed(model) || retired.add(model);
  }

  /** Gives up what is under way and frees the model. */
  @Override
  public void close() {
    refuseListeners();
    synchronized (this) {
      if (!closed) inbox.add(() -> closing = true);
      closed = true;
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** @throws IllegalStateException when the model is closed */
  public synchronized void requireOpen() {
    if (closed) throw new IllegalStateException("the model " + name + " is closed");
  }

  private synchronized void hand(Runnable command) {
    requireOpen();
    inbox.add(command);
  }

  private void refuseListeners() {
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException("a token listener must not use or close its model " + name
          + ", which waits for it; hand the token to another thread");
    }
  }

  private void work() {
    try {
      while (!closing) turn();
    } finally {
      end();
    }
  }

  private void turn() {
    try {
      if (batch.isIdle()) inbox.take().run();
      for (Runnable next = inbox.poll(); next != null; next = inbox.poll()) next.run();
      batch.run();
      retired.removeIf(this::freed);
    } catch (InterruptedException e) {
      LOG.debug("somebody interrupted the thread of the model {}; only closing the model ends it", name);
    } catch (RuntimeException | Error e) {
      batch.fail(e);
    }
  }

  private void end() {
    synchronized (this) {
      closed = true;
    }
    // Nothing is handed over any more; what was, is told so.
    for (Runnable next = inbox.poll(); next != null; next = inbox.poll()) next.run();
    try {
      batch.fail(new CancellationException("the model " + name + " was closed"));
      retired.forEach(LoadedModel::close);
    } finally {
      held.close();
    }
  }

  private boolean freed(LoadedModel model) {
    if (batch.uses(model)) return false;
    model.close();
    return true;
  }
}
