package dev.nescio.model.engine;

import dev.nescio.model.batch.Feed;
import dev.nescio.model.batch.LoadedModel;
import dev.nescio.model.batch.Piece;
import dev.nescio.model.batch.PromptFeed;
import dev.nescio.model.batch.Runner;
import dev.nescio.model.batch.Work;
import dev.nescio.model.generation.Distribution;
import dev.nescio.model.local.HeldMemory;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** Counts the runs of another and can hold the next one back. */
final class WatchedRunner implements Runner<TorchStrand> {

  private final Runner<TorchStrand> runner;
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile CountDownLatch held = new CountDownLatch(0);
  private volatile int runs;
  private volatile long tokens;
  private volatile int mostPieces;
  private volatile int mostVariants;

  WatchedRunner(Runner<TorchStrand> runner) {
    this.runner = runner;
  }

  /** The next run begins when {@link #letGo} is called; counts anew. */
  void holdBack() {
    held = new CountDownLatch(1);
    gate = new CountDownLatch(1);
    runs = 0;
    mostPieces = 0;
    mostVariants = 0;
  }

  /** Waits until a run stands before the gate. */
  void awaitHeldBack() throws InterruptedException {
    held.await();
  }

  void letGo() {
    gate.countDown();
  }

  int runs() {
    return runs;
  }

  long tokens() {
    return tokens;
  }

  int mostPieces() {
    return mostPieces;
  }

  int mostVariants() {
    return mostVariants;
  }

  @Override
  public List<? extends Distribution> run(List<Piece<TorchStrand>> pieces) {
    held.countDown();
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the model's thread", e);
    }
    runs++;
    tokens += pieces.stream().mapToInt(piece -> piece.tokens().length).sum();
    mostPieces = Math.max(mostPieces, pieces.size());
    mostVariants = Math.max(mostVariants, (int) pieces.stream().map(p -> p.strand().model()).distinct().count());
    return runner.run(pieces);
  }

  @Override
  public boolean admit(Feed<TorchStrand> text, Work<TorchStrand> work) {
    return runner.admit(text, work);
  }

  @Override
  public boolean mustWait(Feed<TorchStrand> text, List<Feed<TorchStrand>> reading) {
    return runner.mustWait(text, reading);
  }

  @Override
  public void begin(Feed<TorchStrand> text) {
    runner.begin(text);
  }

  @Override
  public Optional<TorchStrand> sample(PromptFeed<TorchStrand> prompt, Work<TorchStrand> work) {
    return runner.sample(prompt, work);
  }

  @Override
  public void keep(Feed<TorchStrand> text) {
    runner.keep(text);
  }

  @Override
  public void trim() {
    runner.trim();
  }

  @Override
  public void forget(LoadedModel model) {
    runner.forget(model);
  }

  @Override
  public long prefixBytes() {
    return runner.prefixBytes();
  }

  @Override
  public HeldMemory held() {
    return runner.held();
  }

  @Override
  public void close() {
    runner.close();
  }
}
