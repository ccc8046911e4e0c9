package dev.nescio.broker;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where the broker listens and keeps its log.
 *
 * @param dataDirectory kept between starts; made when it does not exist
 * @param port          port of the client listener on the loopback interface; 0 for any free one
 */
public record BrokerConfig(Path dataDirectory, int port) {

  public BrokerConfig {
    Objects.requireNonNull(dataDirectory, "dataDirectory");
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be between 0 and 65535, is " + port);
    }
  }
}
