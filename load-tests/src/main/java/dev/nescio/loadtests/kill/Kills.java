package dev.nescio.loadtests.kill;

import dev.nescio.loadtests.LoadTestException;
import dev.nescio.schemas.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** A running system and everything that was ever sent to it; cases run on it one after the other. */
final class Kills implements AutoCloseable {

  private static final int FIRST_QUESTIONS = 20;
  private static final Duration FIRST_PATIENCE = Duration.ofMinutes(2);
  private static final Duration CHECK_INTERVAL = Duration.ofMillis(200);
  private static final double RATE = 100;

  private final KillSystem system;
  private final Watch watch;
  private final Ledger ledger = new Ledger();
  private final Sender sender;
  private final Mirror mirror;
  private final int questions;
  private final double startSeconds;
  private final Traffic.Answering answering;

  /**
   * The whole log, read again from its beginning.
   *
   * @param result         of the last comparison, with a reader of its own
   * @param hiddenRecords  records of aborted transactions, on the topics that apps write to: a reader of committed
   *                       records never sees them
   * @param hangingOffsets records after which a transaction is still open
   */
  record Outcome(Comparison.Result result, long hiddenRecords, long hangingOffsets) {}

  private Kills(KillSystem system, int questions, long start) throws InterruptedException {
    this.system = system;
    this.questions = questions;
    watch = new Watch(system.target());
    sender = new Sender(system.target(), ledger);
    mirror = new Mirror(system.target());
    answering = learn();
    startSeconds = (System.nanoTime() - start) / 1e9;
  }

  /**
   * Starts all processes and asks the first questions.
   *
   * @param directory of logs and stores
   * @param questions of each case
   */
  static Kills start(Path directory, int questions) throws IOException, InterruptedException {
    long start = System.nanoTime();
    KillSystem system = KillSystem.start(directory);
    try {
      return new Kills(system, questions, start);
    } catch (RuntimeException | InterruptedException e) {
      system.close();
      throw e;
    }
  }

  double startSeconds() {
    return startSeconds;
  }

  /** Runs a case and waits until its outcome is known. */
  KillRecord run(KillCase what) throws InterruptedException {
    Instant now = Instant.now();
    // A case may come twice on one system; its questions are new ones each time.
    String run = "s" + what.seed() + "-" + Long.toString(now.toEpochMilli(), Character.MAX_RADIX);
    return new KillRun(system, watch, sender, ledger, mirror, what)
        .execute(Traffic.of(run, what.seed(), questions, answering, now));
  }

  /** Reads everything from the beginning, with a new reader. */
  Outcome outcome() {
    try (Mirror fresh = new Mirror(system.target())) {
      Comparison.Result result = fresh.compare(ledger);
      Hidden hidden = Hidden.count(system.target());
      return new Outcome(result, hidden.records(), hidden.hanging());
    }
  }

  /** Labels name the answer, and its name holds who answered. */
  private Traffic.Answering learn() throws InterruptedException {
    sender.start(Traffic.questions("first", FIRST_QUESTIONS, Instant.now()), RATE).finish();
    long end = System.nanoTime() + FIRST_PATIENCE.toNanos();
    Seen seen = mirror.refresh();
    while (!Comparison.answered(ledger, seen)) {
      if (System.nanoTime() > end) throw new LoadTestException("the first questions were not answered");
      TimeUnit.NANOSECONDS.sleep(CHECK_INTERVAL.toNanos());
      mirror.refresh();
    }
    Answer answer = seen.answers.getFirst();
    return new Traffic.Answering(answer.getModelDigest(), answer.getPolicyVersion());
  }

  @Override
  public void close() {
    mirror.close();
    watch.close();
    sender.close();
    system.close();
  }
}
