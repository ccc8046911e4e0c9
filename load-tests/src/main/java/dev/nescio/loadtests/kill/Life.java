package dev.nescio.loadtests.kill;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the main of a child process shares with the others: it says when it is ready, and it ends with its parent. */
final class Life {

  private static final Logger log = LoggerFactory.getLogger(Life.class);

  /** The line that says so. */
  static final String READY = "READY";

  /** The app has ended by itself. */
  static final int ENDED_ITSELF = 3;

  private static final int ORPHANED = 4;
  private static final Duration CHECK_INTERVAL = Duration.ofMillis(100);

  private Life() {}

  /**
   * Lives until SIGTERM, which closes the app, or until the parent is gone.
   *
   * @param failed asked ten times a second; true ends the process with {@value #ENDED_ITSELF}
   */
  static void live(AutoCloseable app, Condition ready, Condition failed) {
    AtomicBoolean asked = new AtomicBoolean();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      asked.set(true);
      close(app);
    }, "close"));
    ProcessHandle.current().parent().ifPresent(parent -> parent.onExit().thenRun(() -> {
      System.out.println("the parent is gone");
      Runtime.getRuntime().halt(ORPHANED);
    }));
    boolean told = false;
    while (!asked.get()) {
      if (!told && ready.holds()) {
        System.out.println(READY);
        told = true;
      }
      if (!asked.get() && failed.holds()) Runtime.getRuntime().halt(ENDED_ITSELF);
      LockSupport.parkNanos(CHECK_INTERVAL.toNanos());
    }
  }

  /** Something that holds or not. */
  @FunctionalInterface
  interface Condition {
    boolean holds();
  }

  private static void close(AutoCloseable app) {
    log.info("asked to end");
    try {
      app.close();
      log.info("ended");
    } catch (Exception e) {
      throw new IllegalStateException("the app did not close", e);
    }
  }
}
