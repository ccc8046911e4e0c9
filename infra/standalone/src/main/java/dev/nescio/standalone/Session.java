package dev.nescio.standalone;

import dev.nescio.language.AdaptableModel;
import dev.nescio.language.openai.OpenAiModel;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalModelConfig;
import dev.nescio.trainer.finetune.FineTuneConfig;
import dev.nescio.trainer.service.AdapterTuner;
import dev.nescio.trainer.service.Tuner;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * One run of a system in a state directory: takes the directory, starts model and system, and takes all of it down again,
 * also on Ctrl-C.
 */
final class Session implements AutoCloseable {

  /** What a first hour takes; a broker whose disk fills up can only stop. */
  private static final long SPACE_NEEDED_BYTES = 512L << 20;

  private final StateDirectory state;
  private final Terminal terminal;
  private final Thread hook = new Thread(this::stop, "stop");
  private final Thread main = Thread.currentThread();
  private AdaptableModel model;
  private NescioSystem system;
  private boolean stopped;

  /** What happens to what an earlier run left in the directory. */
  enum Existing {
    KEPT,
    CLEARED
  }

  private Session(StateDirectory state, Terminal terminal) {
    this.state = state;
    this.terminal = terminal;
  }

  /** @throws UserError when the directory cannot be used */
  static Session open(Path directory, Existing existing, Terminal terminal) {
    StateDirectory state = StateDirectory.open(directory);
    try {
      if (existing == Existing.CLEARED) clear(directory);
      state.requireSpace(SPACE_NEEDED_BYTES);
    } catch (UserError e) {
      state.close();
      throw e;
    }
    Path log = directory.resolve("nescio.log");
    LogFile.use(log);
    BrokerEnd.announce(directory, terminal);
    Session session = new Session(state, terminal);
    Runtime.getRuntime().addShutdownHook(session.hook);
    terminal.line("State in " + directory + ", log in " + log);
    return session;
  }

  /** Loads the model, starts the system and writes its addresses. */
  void startWithModel(SystemConfig config, LocalModelConfig base, FineTuneConfig fineTune) throws IOException {
    long start = System.nanoTime();
    LocalLanguageModel loaded = Models.load(base);
    model = loaded;
    terminal.line(
        "Loaded   %s, digest %s (%s)".formatted(
            model.identity().name(), model.identity().digest().substring(0, 12),
            Terminal.seconds(Duration.ofNanos(System.nanoTime() - start))));
    start(config, Optional.of(model), Optional.of(new AdapterTuner(base.directory(), loaded, fineTune)));
  }

  /** Starts a system whose model is on a server; it is closed with this. */
  void startWithRemote(SystemConfig config, OpenAiModel remote) {
    model = remote;
    terminal.line("Remote   %s, a %s server; it gives %s".formatted(
        remote.identity().name(), remote.kind().name(), remote.evidence()));
    start(config, Optional.of(model), Optional.empty());
  }

  /** Starts a system without a model in this process. */
  void startWithoutModel(SystemConfig config) {
    start(config, Optional.empty(), Optional.empty());
  }

  AdaptableModel model() {
    return model;
  }

  NescioSystem system() {
    return system;
  }

  @Override
  public void close() throws IOException {
    stop();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending already, and the hook has done or is doing the work.
      LoggerFactory.getLogger(Session.class).debug("already shutting down", e);
      return;
    }
    if (model != null) model.close();
  }

  private void start(SystemConfig config, Optional<AdaptableModel> loaded, Optional<Tuner> tuner) {
    NescioSystem started = NescioSystem.start(config, loaded, tuner, terminal);
    synchronized (this) {
      system = started;
    }
    state.writeAddresses(
        new StateDirectory.Addresses(
            started.addresses().bootstrapServers(), started.addresses().registryUrl(),
            started.dashboard().map(page -> page.url().toString()).orElse(""), ProcessHandle.current().pid()));
  }

  private synchronized void stop() {
    if (stopped) return;
    stopped = true;
    if (Thread.currentThread() == hook) {
      terminal.line("");
      terminal.line("Stopping ...");
      main.interrupt();
    }
    long start = System.nanoTime();
    if (system != null) system.close();
    state.close();
    if (Thread.currentThread() == hook) {
      terminal.line("Stopped in " + Terminal.seconds(Duration.ofNanos(System.nanoTime() - start)) + ".");
    }
  }

  /** Only what a run makes: the directory itself, its lock and anything foreign stay. */
  private static void clear(Path directory) {
    try {
      for (String name : new String[] {"kafka", "streams", "artifacts", "registry.jsonl", "addresses.json"}) {
        Path entry = directory.resolve(name);
        if (Files.exists(entry)) deleteTree(entry);
      }
    } catch (IOException e) {
      throw new UserError("cannot clear " + directory + ": " + e.getMessage() + "; choose another with --state", e);
    }
  }

  private static void deleteTree(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
            if (e != null) throw e;
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
