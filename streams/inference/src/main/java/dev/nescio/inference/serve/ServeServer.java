package dev.nescio.inference.serve;

import dev.nescio.confidence.ConfidenceEstimator;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.net.BindException;
import java.net.URI;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;

/**
 * Our model behind OpenAI's HTTP interface, started inside any process. The model and the catalogue are the caller's, who
 * closes them after this.
 */
public final class ServeServer implements AutoCloseable {

  private final ApplicationContext context;
  private final EmbeddedServer server;
  private final Engine engine;
  private final String host;

  private ServeServer(ApplicationContext context, EmbeddedServer server, Engine engine, String host) {
    this.context = context;
    this.server = server;
    this.engine = engine;
    this.host = host;
  }

  /**
   * Starts and returns when requests are answered.
   *
   * @param estimators  whose scores stand on every choice
   * @param estimator   name of the one whose score becomes the confidence
   * @param calibration fitted for one of the served models; empty for none
   * @throws PortTakenException when another program listens on the port
   * @throws IllegalArgumentException if the estimator does not run, or the calibration fits none of the served models
   */
  public static ServeServer start(
      ServeConfig config, Catalogue catalogue, Tokens tokens, List<ConfidenceEstimator> estimators, String estimator,
      Optional<Calibration> calibration, InstantSource clock) {
    calibration.ifPresent(c -> requireFitting(c, catalogue, estimator));
    Engine engine = new Engine(catalogue.model(), tokens, config);
    CommonFields common = new CommonFields(catalogue, config, RandomGenerator.getDefault());
    Judgement judgement = new Judgement(catalogue.model().evidence(), estimators, estimator, calibration);
    Replies replies = new Replies(judgement, () -> UUID.randomUUID().toString().replace("-", ""), clock);
    ApplicationContext context =
        ApplicationContext.builder()
            // What this server does is decided by its configuration record alone.
            .deduceEnvironment(false)
            .environmentPropertySource(false)
            .bootstrapEnvironment(false)
            .properties(properties(config))
            .singletons(
                engine, catalogue, tokens, config, replies, new CompletionParser(common, tokens),
                new ChatParser(common, tokens))
            .build();
    try {
      context.start();
      meters(context.getBean(MeterRegistry.class), engine);
      EmbeddedServer server = context.getBean(EmbeddedServer.class);
      server.start();
      return new ServeServer(context, server, engine, config.host());
    } catch (RuntimeException e) {
      context.close();
      throw isTaken(e) ? new PortTakenException(config.host(), config.port(), e) : e;
    }
  }

  private static void requireFitting(Calibration c, Catalogue catalogue, String estimator) {
    if (catalogue.models().stream().noneMatch(served -> served.digest().equals(c.modelDigest()))) {
      throw new IllegalArgumentException("the calibration " + c.version() + " is for the model " + c.modelDigest()
          + ", which is none of those served: " + catalogue.models());
    }
    if (!c.estimator().equals(estimator)) {
      throw new IllegalArgumentException("the calibration " + c.version() + " is for the estimator " + c.estimator()
          + ", but " + estimator + " runs");
    }
  }

  private static boolean isTaken(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) return true;
    }
    return false;
  }

  private static Map<String, Object> properties(ServeConfig config) {
    Map<String, Object> p = new HashMap<>();
    p.put("micronaut.application.name", "nescio-serve");
    p.put("micronaut.server.host", config.host());
    p.put("micronaut.server.port", config.port() == 0 ? -1 : config.port());
    p.put("micronaut.banner.enabled", false);
    // Nothing is sent while a long answer is made in one piece.
    p.put("micronaut.server.idle-timeout", "30m");
    p.put("micronaut.server.max-request-size", config.maxBodyBytes());
    p.put("micronaut.server.max-request-buffer-size", config.maxBodyBytes());
    // Each event would become a frame of its own, and Python's clients give up after the first of them.
    p.put("micronaut.server.netty.compression-threshold", -1);
    p.put("micronaut.metrics.enabled", true);
    p.put("micronaut.metrics.export.prometheus.enabled", true);
    p.put("micronaut.metrics.export.prometheus.step", "PT1M");
    p.put("endpoints.all.enabled", false);
    for (String endpoint : List.of("health", "prometheus", "info")) {
      p.put("endpoints." + endpoint + ".enabled", true);
      p.put("endpoints." + endpoint + ".sensitive", false);
    }
    p.put("endpoints.health.details-visible", "ANONYMOUS");
    return p;
  }

  private static void meters(MeterRegistry registry, Engine engine) {
    counter(registry, "serve.requests", "completed", engine.completed, "Requests to the model that ended");
    counter(registry, "serve.requests", "failed", engine.failed, "Requests to the model that ended");
    counter(registry, "serve.requests", "cancelled", engine.cancelled, "Requests to the model that ended");
    counter(registry, "serve.requests", "refused", engine.refused, "Requests to the model that ended");
    counter(registry, "serve.tokens", "prompt", engine.promptTokens, "Tokens read and written");
    counter(registry, "serve.tokens", "cached", engine.cachedPromptTokens, "Tokens read and written");
    counter(registry, "serve.tokens", "generated", engine.generatedTokens, "Tokens read and written");
    Gauge.builder("serve.inflight", engine, Engine::working).description("Requests that the model works on")
        .register(registry);
    Gauge.builder("serve.queue.depth", engine, Engine::waiting).description("Requests that wait for their turn")
        .register(registry);
  }

  private static void counter(MeterRegistry registry, String name, String kind, LongAdder count, String what) {
    String tag = name.equals("serve.tokens") ? "kind" : "outcome";
    FunctionCounter.builder(name, count, LongAdder::doubleValue).tag(tag, kind).description(what).register(registry);
  }

  /** Port it listens on. */
  public int port() {
    return server.getPort();
  }

  /** Base of the interface, as clients take it: {@code http://127.0.0.1:8000/v1}. */
  public URI url() {
    boolean everywhere = host.equals("0.0.0.0") || host.equals("::");
    return URI.create("http://%s:%d/v1".formatted(everywhere ? "localhost" : host, port()));
  }

  /** Refuses new requests, lets those under way end within the configured time, and stops. */
  @Override
  public void close() {
    engine.close();
    server.stop();
    context.close();
  }
}
