package dev.nescio.standalone;

import dev.nescio.confidence.Estimators;
import dev.nescio.inference.serve.Calibration;
import dev.nescio.inference.serve.Catalogue;
import dev.nescio.inference.serve.PortTakenException;
import dev.nescio.inference.serve.ServeConfig;
import dev.nescio.inference.serve.ServeServer;
import dev.nescio.inference.serve.Tokens;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The model behind OpenAI's HTTP interface, until Ctrl-C. Needs no Kafka. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Serves the model to OpenAI's clients: completions, conversations, streaming, log-probabilities,"
        + " with confidence and decision in the object \"nescio\" of each choice.")
final class ServeCommand implements Callable<Integer> {

  private static final int MAX_CHOICES = 128;
  private static final Duration CLOSING = Duration.ofSeconds(10);

  @Mixin private StateOptions options;
  @Mixin private ModelPlace place;
  @Mixin private ComputeOptions compute;

  @Option(names = "--name", paramLabel = "NAME", description = "Name of the model for clients (default: that of its directory).")
  private String name;

  @Option(
      names = "--adapter",
      paramLabel = "NAME=DIR",
      description = "An adapter directory in PEFT layout, served under a name of its own; may be given several times.")
  private Map<String, Path> adapters = new LinkedHashMap<>();

  @Option(names = "--host", defaultValue = "127.0.0.1", description = "Interface to listen on (default: ${DEFAULT-VALUE}).")
  private String host;

  @Option(names = "--port", defaultValue = "8000", description = "Port to listen on, 0 for a free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--calibrator",
      paramLabel = "FILE",
      description = "A fitted map for one of the served models; without it there are raw scores but no confidence.")
  private Path calibrator;

  @Option(
      names = "--estimator",
      defaultValue = "sequence-probability",
      description = "Whose score becomes the confidence (default: ${DEFAULT-VALUE}).")
  private String estimator;

  @Option(names = "--key-variable", paramLabel = "NAME", description = "Environment variable with the API key that requests must bring.")
  private String keyVariable;

  @Option(names = "--max-concurrent", defaultValue = "32", description = "Requests that the model works on together (default: ${DEFAULT-VALUE}).")
  private int maxConcurrent;

  @Option(names = "--max-queued", defaultValue = "256", description = "Requests that wait; more are refused with 429 (default: ${DEFAULT-VALUE}).")
  private int maxQueued;

  @Option(names = "--max-tokens", defaultValue = "4096", description = "Most tokens that a choice may have (default: ${DEFAULT-VALUE}).")
  private int maxTokens;

  @Option(names = "--max-body-bytes", defaultValue = "1048576", description = "Largest request (default: ${DEFAULT-VALUE}).")
  private int maxBodyBytes;

  @Option(names = "--grace", paramLabel = "SECONDS", defaultValue = "20", description = "Time to finish what is under way when stopped (default: ${DEFAULT-VALUE}).")
  private int graceSeconds;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Terminal terminal = Terminal.of(spec.commandLine().getOut());
    ServeConfig config = config();
    Optional<Calibration> calibration = calibration();
    Ports.requireFree(port);
    LocalModelConfig modelConfig = compute.config(Models.resolve(place, terminal));
    Path log = Files.createDirectories(options.state.resolve("serve")).resolve("nescio.log");
    LogFile.use(log);
    Thread main = Thread.currentThread();
    CountDownLatch closed = new CountDownLatch(1);
    Thread hook = new Thread(() -> stop(main, closed, terminal), "stop");
    LocalLanguageModel model = Models.load(modelConfig);
    Runtime.getRuntime().addShutdownHook(hook);
    try (Catalogue catalogue =
            Catalogue.load(model, name == null ? model.identity().name() : name, adapters, Clock.systemUTC().instant());
        ServeServer server =
            ServeServer.start(
                config, catalogue, Tokens.of(model.tokenizer()), Estimators.all(), estimator, calibration,
                Clock.systemUTC())) {
      terminal.line("Log in " + log);
      terminal.line("Serving " + server.url() + "   Stop with Ctrl-C.");
      awaitInterrupt();
      return 0;
    } catch (PortTakenException e) {
      throw Ports.taken(port, e);
    } catch (IllegalArgumentException e) {
      throw new UserError(e.getMessage(), e);
    } finally {
      closed.countDown();
      if (removed(hook)) model.close();
    }
  }

  /** Runs when the process is asked to end: the main thread does the work, and the process waits for it. */
  private void stop(Thread main, CountDownLatch closed, Terminal terminal) {
    terminal.line("");
    terminal.line("Stopping ...");
    main.interrupt();
    try {
      if (!closed.await(graceSeconds + CLOSING.toSeconds(), TimeUnit.SECONDS)) {
        terminal.line("Requests are still under way; they are cut off.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitInterrupt() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      LoggerFactory.getLogger(ServeCommand.class).info("asked to stop");
    }
  }

  /** False when the process is ending already: then nobody needs the model's memory any more. */
  private static boolean removed(Thread hook) {
    try {
      return Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      LoggerFactory.getLogger(ServeCommand.class).debug("already shutting down", e);
      return false;
    }
  }

  private ServeConfig config() {
    try {
      return new ServeConfig(
          host, port, maxBodyBytes, maxConcurrent, maxQueued, maxTokens, MAX_CHOICES, Duration.ofSeconds(graceSeconds),
          key());
    } catch (IllegalArgumentException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  private Optional<String> key() {
    if (keyVariable == null) return Optional.empty();
    String key = System.getenv(keyVariable);
    if (key == null || key.isBlank()) {
      throw new UserError("the environment variable " + keyVariable + " with the API key is not set");
    }
    return Optional.of(key.strip());
  }

  private Optional<Calibration> calibration() throws IOException {
    try {
      return calibrator == null ? Optional.empty() : Optional.of(Calibration.read(calibrator));
    } catch (IllegalArgumentException e) {
      throw new UserError("--calibrator " + e.getMessage(), e);
    }
  }
}
