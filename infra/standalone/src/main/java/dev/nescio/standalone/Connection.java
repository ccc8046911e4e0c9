package dev.nescio.standalone;

import dev.nescio.schemas.registry.RegistryConfig;
import dev.nescio.schemas.topics.Clients;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options of a command that talks to a broker and its registry: those of the running system unless others are given. */
final class Connection {

  @Option(names = "--bootstrap-servers", paramLabel = "HOST:PORT",
      description = "The broker (default: that of the running system).")
  private String bootstrapServers;

  @Option(names = "--registry", paramLabel = "URL",
      description = "Its schema registry; needed with --bootstrap-servers.")
  private String registry;

  /** Where records go to and come from. */
  record Ends(String bootstrapServers, String registryUrl) {

    Clients clients() {
      return Clients.at(bootstrapServers);
    }

    /** Settings of serializers. */
    Map<String, String> registry() {
      return Map.of(RegistryConfig.URL, registryUrl);
    }
  }

  /** @throws UserError if only one of the two is given, or none and no system is running */
  Ends ends(StateOptions options) {
    if (bootstrapServers == null && registry == null) {
      StateDirectory.Addresses running = Addressing.running(options);
      return new Ends(running.bootstrapServers(), running.registryUrl());
    }
    if (bootstrapServers == null || registry == null) {
      throw new UserError("--bootstrap-servers and --registry go together: give both or neither");
    }
    return new Ends(bootstrapServers, registry);
  }
}
