package dev.nescio.loadtests.kill;

import dev.nescio.loadtests.LoadTestException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A process that is started, ended and started again on the same command. Its output goes to one file. */
final class Child implements AutoCloseable {

  private static final Duration CHECK_INTERVAL = Duration.ofMillis(50);
  private static final Duration READY_PATIENCE = Duration.ofMinutes(3);
  /** Longer than any of our apps takes to close. */
  private static final Duration END_PATIENCE = Duration.ofSeconds(60);
  private static final int LINES_SHOWN = 25;

  private final String name;
  private final List<String> command;
  private final Path log;
  private Process process;
  private long outputBefore;

  Child(String name, List<String> command, Path log) {
    this.name = name;
    this.command = List.copyOf(command);
    this.log = log;
  }

  String name() {
    return name;
  }

  /** Starts it; {@link #awaitReady} says when it works. */
  void start() {
    try {
      outputBefore = Files.exists(log) ? Files.size(log) : 0;
      process = new ProcessBuilder(command).redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
    } catch (IOException e) {
      throw new LoadTestException("cannot start " + name + ": " + e.getMessage(), e);
    }
  }

  /** @throws LoadTestException with its last lines when it ends before, or takes longer than three minutes */
  void awaitReady() {
    long end = System.nanoTime() + READY_PATIENCE.toNanos();
    while (!outputSince(outputBefore).lines().anyMatch(Life.READY::equals)) {
      if (!process.isAlive()) throw failure("ended with exit code " + process.exitValue() + " before it was ready");
      if (System.nanoTime() > end) throw failure("was not ready after " + READY_PATIENCE.toMinutes() + " minutes");
      LockSupport.parkNanos(CHECK_INTERVAL.toNanos());
    }
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** SIGTERM; returns when it has ended. */
  void terminate() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(END_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw failure("did not end within " + END_PATIENCE.toSeconds() + " s of SIGTERM");
    }
  }

  /** SIGKILL; returns when it is gone. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGSTOP: alive, and silent until {@link #wake}. */
  void sleep() throws InterruptedException {
    send("STOP");
  }

  /** SIGCONT. */
  void wake() throws InterruptedException {
    send("CONT");
  }

  /** Where its output ends now, for {@link #outputSince}. */
  long outputSize() {
    try {
      return Files.size(log);
    } catch (IOException e) {
      throw new LoadTestException("cannot read " + log + ": " + e.getMessage(), e);
    }
  }

  /** What it has written since then. */
  String outputSince(long size) {
    try (var file = Files.newByteChannel(log)) {
      return new String(Channels.newInputStream(file.position(size)).readAllBytes(),
          StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new LoadTestException("cannot read " + log + ": " + e.getMessage(), e);
    }
  }

  /** Ends it at once, whatever state it is in. */
  @Override
  public void close() {
    if (process != null) process.destroyForcibly();
  }

  private void send(String signal) throws InterruptedException {
    try {
      Process sent = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).inheritIO().start();
      if (sent.waitFor() != 0) throw failure("could not be sent SIG" + signal);
    } catch (IOException e) {
      throw new LoadTestException("the command kill is needed to send SIG" + signal + ": " + e.getMessage(), e);
    }
  }

  private LoadTestException failure(String what) {
    List<String> lines = outputSince(0).lines().toList();
    return new LoadTestException(name + " " + what + "; its last lines, of " + log + ":\n  "
        + String.join("\n  ", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size())));
  }
}
