package dev.nescio.loadtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code nescio up} as a process of its own, on a state directory that survives it. */
final class LaunchedSystem implements SystemUnderTest {

  private static final Logger log = LoggerFactory.getLogger(LaunchedSystem.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  /** The first start may build the program and fetch the model. */
  private static final Duration START_PATIENCE = Duration.ofMinutes(15);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);
  private static final Duration CHECK_INTERVAL = Duration.ofMillis(100);
  private static final String READY = "Up.";
  private static final int LINES_SHOWN = 15;

  private final List<String> command;
  private final Path state;
  private final Thread hook = new Thread(this::stop, "stop-system");
  private Process process;
  private Path output;
  private Target target;
  private int starts;

  private LaunchedSystem(List<String> command, Path state) {
    this.command = command;
    this.state = state;
  }

  /**
   * Starts it and returns when it says that it is up.
   *
   * @param launcher the {@code nescio} command: a script, or a Java virtual machine with its arguments
   * @param state    directory of broker, stores and artifacts
   * @param options  further options of {@code up}
   * @throws LoadTestException with its last lines when it does not start
   */
  static LaunchedSystem start(List<String> launcher, Path state, List<String> options) {
    List<String> command = new ArrayList<>(launcher);
    command.addAll(List.of("up", "--port", "0", "--state", state.toString()));
    command.addAll(options);
    LaunchedSystem system = new LaunchedSystem(List.copyOf(command), state);
    Runtime.getRuntime().addShutdownHook(system.hook);
    try {
      system.launch();
      return system;
    } catch (RuntimeException e) {
      system.close();
      throw e;
    }
  }

  @Override
  public synchronized Target target() {
    return target;
  }

  @Override
  public synchronized void killAndRestart() {
    requireAlive();
    process.destroyForcibly();
    if (!ended(STOP_PATIENCE)) throw new LoadTestException("process " + process.pid() + " survived SIGKILL");
    launch();
  }

  @Override
  public synchronized void requireAlive() {
    if (!process.isAlive()) throw failure("nescio up has ended with exit code " + process.exitValue());
  }

  @Override
  public void close() {
    stop();
    if (Thread.currentThread() != hook) Runtime.getRuntime().removeShutdownHook(hook);
  }

  private void launch() {
    Path addresses = state.resolve("up").resolve("addresses.json");
    try {
      Files.createDirectories(state);
      Files.deleteIfExists(addresses);
      output = state.resolve("up-" + ++starts + ".txt");
      process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    } catch (IOException e) {
      throw new LoadTestException("cannot start " + command.getFirst() + ": " + e.getMessage(), e);
    }
    long end = System.nanoTime() + START_PATIENCE.toNanos();
    while (!isUp()) {
      requireAlive();
      if (System.nanoTime() > end) throw failure("nescio up was not ready after " + START_PATIENCE.toMinutes() + " minutes");
      if (Thread.currentThread().isInterrupted()) throw new LoadTestException("interrupted while nescio up started");
      LockSupport.parkNanos(CHECK_INTERVAL.toNanos());
    }
    target = read(addresses);
  }

  private boolean isUp() {
    try (var lines = Files.lines(output)) {
      return lines.anyMatch(line -> line.startsWith(READY));
    } catch (IOException e) {
      throw new LoadTestException("cannot read " + output + ": " + e.getMessage(), e);
    }
  }

  private static Target read(Path addresses) {
    try {
      JsonNode found = JSON.readTree(addresses.toFile());
      return new Target(found.required("bootstrapServers").asText(), found.required("registryUrl").asText());
    } catch (IOException | IllegalArgumentException e) {
      throw new LoadTestException("nescio up is ready, but its addresses in " + addresses + " cannot be read", e);
    }
  }

  private LoadTestException failure(String what) {
    try {
      List<String> lines = Files.readAllLines(output);
      String last = String.join("\n  ", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()));
      return new LoadTestException(what + "; its last lines, of " + output + ":\n  " + last);
    } catch (IOException e) {
      return new LoadTestException(what + "; its output " + output + " cannot be read", e);
    }
  }

  private void stop() {
    Process running = process;
    if (running == null || !running.isAlive()) return;
    running.destroy();
    if (ended(STOP_PATIENCE)) return;
    log.warn("nescio up did not stop within {} s and was killed", STOP_PATIENCE.toSeconds());
    running.destroyForcibly();
  }

  private boolean ended(Duration patience) {
    try {
      return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
      return !process.isAlive();
    }
  }
}
