package dev.nescio.dashboard;

import dev.nescio.schemas.registry.HttpRegistryClient;
import dev.nescio.schemas.registry.RegistryClient;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The dashboard, started inside any process.
 *
 * <p>It starts whether or not the broker and the registry are there; the page and {@code /health} say what is missing.
 */
public final class DashboardServer implements AutoCloseable {

  private final ApplicationContext context;
  private final EmbeddedServer server;
  private final TopicView view;
  private final RegistryClient registry;
  private final String host;

  private DashboardServer(
      ApplicationContext context, EmbeddedServer server, TopicView view, RegistryClient registry, String host) {
    this.context = context;
    this.server = server;
    this.view = view;
    this.registry = registry;
    this.host = host;
  }

  /**
   * Starts and returns when the page is served.
   *
   * @throws PortTakenException when another program listens on the port
   */
  public static DashboardServer start(DashboardConfig config) {
    return start(config, Clock.systemUTC());
  }

  /** As {@link #start(DashboardConfig)}, with a clock. */
  public static DashboardServer start(DashboardConfig config, Clock clock) {
    requireFree(config);
    Hub hub = new Hub();
    CalibrationSection calibration = new CalibrationSection();
    HistorySection history = new HistorySection();
    List<Section> sections =
        List.of(
            calibration,
            history,
            new AnswersSection(config.listLength()),
            new TrainingSection(),
            new ReleasesSection(),
            new CalibratorsSection(),
            new AccountingSection(),
            new AlertsSection(),
            new DeadLettersSection());
    RegistryClient registry = new HttpRegistryClient(config.registry());
    TopicView view = new TopicView(config, sections, hub, registry, clock);
    ApplicationContext context =
        ApplicationContext.builder()
            // What this server does is decided by its configuration record alone.
            .deduceEnvironment(false)
            .environmentPropertySource(false)
            .bootstrapEnvironment(false)
            .properties(properties(config))
            .singletons(hub, calibration, history, view)
            .build();
    try {
      context.start();
      context
          .getBean(PrometheusMeterRegistry.class)
          .getPrometheusRegistry()
          .register(new TopicMetrics(sections, view));
      EmbeddedServer server = context.getBean(EmbeddedServer.class);
      server.start();
      view.start();
      return new DashboardServer(context, server, view, registry, config.host());
    } catch (RuntimeException e) {
      context.close();
      registry.close();
      throw isTaken(e) ? new PortTakenException(config.host(), config.port(), e) : e;
    }
  }

  /** The usual case, found before anything is started or logged; a race is caught later. */
  private static void requireFree(DashboardConfig config) {
    if (config.port() == 0) return;
    try (ServerSocket probe = new ServerSocket()) {
      // As the server will bind it: a port that only lingers from a process that ended is free.
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(config.host(), config.port()));
    } catch (BindException e) {
      throw new PortTakenException(config.host(), config.port(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on %s:%d".formatted(config.host(), config.port()), e);
    }
  }

  private static boolean isTaken(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) return true;
    }
    return false;
  }

  private static Map<String, Object> properties(DashboardConfig config) {
    Map<String, Object> p = new HashMap<>();
    p.put("micronaut.application.name", "nescio-dashboard");
    p.put("micronaut.server.host", config.host());
    p.put("micronaut.server.port", config.port() == 0 ? -1 : config.port());
    p.put("micronaut.banner.enabled", false);
    // The event stream is idle between heartbeats.
    p.put("micronaut.server.idle-timeout", "60s");
    p.put("micronaut.server.max-request-size", "64KB");
    // A stream of events would be compressed event by event, which not every client can read.
    p.put("micronaut.server.netty.compression-threshold", -1);
    p.put("micronaut.router.static-resources.page.paths", "classpath:page");
    p.put("micronaut.router.static-resources.page.mapping", "/**");
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

  /** Port it listens on. */
  public int port() {
    return server.getPort();
  }

  /** Address of the page, for people on this machine. */
  public URI url() {
    boolean everywhere = host.equals("0.0.0.0") || host.equals("::");
    return URI.create("http://%s:%d/".formatted(everywhere ? "localhost" : host, port()));
  }

  /** How well it sees. */
  public Status status() {
    return view.status();
  }

  /** Stops serving and reading. */
  @Override
  public void close() {
    server.stop();
    view.close();
    context.close();
    registry.close();
  }
}
