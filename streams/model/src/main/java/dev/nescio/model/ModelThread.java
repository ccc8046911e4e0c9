package dev.nescio.model;

import dev.nescio.model.kernel.PrefixTree;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;

/** The one thread that runs a model; others hand it their work and wait. */
final class ModelThread implements AutoCloseable {

  private final String name;
  private final ContinuousBatch batch;
  private final PrefixTree prefixes;
  private final LinkedBlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
  private final List<PackedModel> retired = new ArrayList<>();
  private final Runnable free;
  private final Thread thread;
  private boolean closing;
  private boolean closed; // guarded by this

  /**
   * @param free frees all that the model holds, when nothing is at work any more
   */
  ModelThread(String name, ContinuousBatch batch, PrefixTree prefixes, Runnable free) {
    this.name = name;
    this.batch = batch;
    this.prefixes = prefixes;
    this.free = free;
    this.thread = Thread.ofPlatform().daemon().name("nescio-model").start(this::work);
  }

  /** Adds the works of a call and waits for its end. */
  void run(Call call, List<Feed> feeds) {
    hand(() -> feeds.forEach(batch::add));
    call.await();
  }

  PrefixReuse prefixReuse() {
    return batch.prefixReuse();
  }

  /** Forgets what was computed with a model that nobody can ask for any more. */
  void retire(LoadedModel model, boolean whole) {
    hand(() -> {
      model.id().ifPresent(prefixes::drop);
      if (whole) retired.add(model.weights());
    });
  }

  /** Gives up what is under way and frees the model. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) return;
      closed = true;
      inbox.add(() -> closing = true);
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** @throws IllegalStateException when the model is closed */
  synchronized void requireOpen() {
    if (closed) throw new IllegalStateException("the model " + name + " is closed");
  }

  private synchronized void hand(Runnable command) {
    requireOpen();
    inbox.add(command);
  }

  private void work() {
    while (!closing) {
      try {
        if (batch.isIdle()) inbox.take().run();
        for (Runnable next = inbox.poll(); next != null; next = inbox.poll()) next.run();
        batch.run();
        retired.removeIf(this::freed);
      } catch (InterruptedException e) {
        // Nobody else has a hold of this thread; the next command decides.
        closing = true;
      } catch (RuntimeException | Error e) {
        batch.fail(e);
      }
    }
    batch.fail(new CancellationException("the model " + name + " was closed"));
    retired.forEach(PackedModel::close);
    free.run();
  }

  private boolean freed(PackedModel weights) {
    if (batch.uses(weights)) return false;
    weights.close();
    return true;
  }
}
