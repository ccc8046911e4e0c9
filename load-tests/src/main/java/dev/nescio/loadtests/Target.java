package dev.nescio.loadtests;

import dev.nescio.schemas.registry.RegistryConfig;
import dev.nescio.schemas.topics.Clients;
import java.util.Map;

/**
 * Where the system under load is reached.
 *
 * @param bootstrapServers Kafka, {@code host:port}
 * @param registryUrl      its schema registry
 */
public record Target(String bootstrapServers, String registryUrl) {

  /** Settings of Kafka clients. */
  public Clients clients() {
    return Clients.at(bootstrapServers);
  }

  /** Settings of a registry client. */
  public Map<String, String> registry() {
    return Map.of(RegistryConfig.URL, registryUrl);
  }
}
