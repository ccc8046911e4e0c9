package dev.nescio.platform;

import dev.nescio.broker.BrokerConfig;
import dev.nescio.broker.EmbeddedBroker;
import dev.nescio.schemas.registry.EmbeddedRegistry;
import java.nio.file.Path;

/** Broker and registry in this process. */
final class EmbeddedPlatform implements Platform {

  private final Path log;
  private final EmbeddedRegistry registry;
  private EmbeddedBroker broker;

  EmbeddedPlatform(Path directory) {
    log = directory.resolve("kafka");
    broker = EmbeddedBroker.start(new BrokerConfig(log, 0));
    registry = EmbeddedRegistry.start(0, directory.resolve("schemas.jsonl"));
  }

  @Override
  public String bootstrapServers() {
    return broker.bootstrapServers();
  }

  @Override
  public String registryUrl() {
    return registry.url();
  }

  @Override
  public void restartBroker(Runnable meanwhile) {
    String address = broker.bootstrapServers();
    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    broker.close();
    meanwhile.run();
    broker = EmbeddedBroker.start(new BrokerConfig(log, port));
  }

  @Override
  public void close() {
    registry.close();
    broker.close();
  }
}
