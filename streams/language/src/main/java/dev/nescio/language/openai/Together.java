package dev.nescio.language.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Waits of many requests at the same time, a virtual thread each. */
final class Together {

  private Together() {}

  /**
   * @return one result an item, in the same order
   * @throws RuntimeException the first failure in time; what still runs is interrupted then
   */
  static <T, R> List<R> run(List<T> items, Function<T, R> work) {
    if (items.size() == 1) return List.of(work.apply(items.getFirst()));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletionService<R> ended = new ExecutorCompletionService<>(threads);
      List<Future<R>> running = new ArrayList<>();
      for (T item : items) running.add(ended.submit(() -> work.apply(item)));
      try {
        for (int i = 0; i < items.size(); i++) ended.take().get();
        return running.stream().map(Future::resultNow).toList();
      } catch (ExecutionException e) {
        threads.shutdownNow();
        if (e.getCause() instanceof RuntimeException cause) throw cause;
        throw new IllegalStateException("a request failed", e.getCause());
      } catch (InterruptedException e) {
        threads.shutdownNow();
        Thread.currentThread().interrupt();
        throw new ServerUnreachableException("interrupted while waiting for a server", e);
      }
    }
  }
}
