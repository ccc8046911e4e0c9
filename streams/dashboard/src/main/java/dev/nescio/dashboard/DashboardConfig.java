package dev.nescio.dashboard;

import dev.nescio.schemas.registry.RegistryConfig;
import dev.nescio.schemas.topics.Clients;
import java.time.Duration;
import java.util.Objects;

/**
 * Settings of the dashboard.
 *
 * @param host        interface to listen on; {@code 127.0.0.1} is reached from this machine only
 * @param port        port to listen on; 0 takes a free one
 * @param clients     how to reach the broker
 * @param registry    how to reach the schema registry
 * @param tail        how far back topics that only grow are read at the start
 * @param listLength  answers in the list of the newest
 * @param refresh     least time between two updates of the same thing
 */
public record DashboardConfig(
    String host,
    int port,
    Clients clients,
    RegistryConfig registry,
    Duration tail,
    int listLength,
    Duration refresh) {

  /** Only reached from this machine. */
  public static final String LOOPBACK = "127.0.0.1";

  /** Checks every value. */
  public DashboardConfig {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(clients, "clients");
    Objects.requireNonNull(registry, "registry");
    if (host.isBlank()) throw new IllegalArgumentException("host is empty; give an address such as " + LOOPBACK);
    if (port < 0 || port > 65_535) throw new IllegalArgumentException("port is 0 to 65535, not " + port);
    if (!tail.isPositive()) throw new IllegalArgumentException("tail is a positive time span, not " + tail);
    if (listLength < 1 || listLength > 1_000) {
      throw new IllegalArgumentException("listLength is 1 to 1000, not " + listLength);
    }
    if (!refresh.isPositive() || refresh.compareTo(Duration.ofSeconds(10)) > 0) {
      throw new IllegalArgumentException("refresh is up to 10 s, not " + refresh);
    }
  }

  /** The usual settings: this machine only, a week back, the 60 newest answers, two updates a second. */
  public DashboardConfig(int port, String bootstrapServers, String registryUrl) {
    this(
        LOOPBACK,
        port,
        Clients.at(bootstrapServers),
        RegistryConfig.at(registryUrl),
        Duration.ofDays(7),
        60,
        Duration.ofMillis(500));
  }

  /** Listening on another interface; {@code 0.0.0.0} on all. */
  public DashboardConfig withHost(String newHost) {
    return new DashboardConfig(newHost, port, clients, registry, tail, listLength, refresh);
  }
}
