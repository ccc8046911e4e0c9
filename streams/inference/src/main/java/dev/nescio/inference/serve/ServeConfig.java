package dev.nescio.inference.serve;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Settings of the server.
 *
 * @param host          interface to listen on; {@code 127.0.0.1} is reached from this machine only
 * @param port          port to listen on; 0 takes a free one
 * @param maxBodyBytes  largest request, at least 1 KiB
 * @param maxConcurrent requests that the model works on at the same time, at least 1
 * @param maxQueued     requests that wait for their turn, 0 or more; further ones are refused with 429
 * @param maxTokens     most tokens that one request may generate in each choice, at least 1
 * @param maxChoices    most choices of one request: prompts times {@code n}, at least 1
 * @param grace         time that requests under way have to end when the server is stopped
 * @param apiKey        key that requests must bring as a bearer token; empty for none. Not printed
 */
public record ServeConfig(
    String host, int port, int maxBodyBytes, int maxConcurrent, int maxQueued, int maxTokens, int maxChoices,
    Duration grace, Optional<String> apiKey) {

  public ServeConfig {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(apiKey, "apiKey");
    require("host", "empty", !host.isBlank(), "an address such as 127.0.0.1");
    require("port", port, port >= 0 && port <= 65_535, "between 0 and 65535");
    require("max-body-bytes", maxBodyBytes, maxBodyBytes >= 1024, "at least 1024");
    require("max-concurrent", maxConcurrent, maxConcurrent >= 1, "at least 1");
    require("max-queued", maxQueued, maxQueued >= 0, "0 or more");
    require("max-tokens", maxTokens, maxTokens >= 1, "at least 1");
    require("max-choices", maxChoices, maxChoices >= 1, "at least 1");
    require("grace", grace, !grace.isNegative(), "0 or more");
    require("API key", "empty", apiKey.filter(String::isBlank).isEmpty(), "a key");
  }

  /** The usual settings, for this machine only. */
  public static ServeConfig onPort(int port) {
    return new ServeConfig(
        "127.0.0.1", port, 1 << 20, 32, 256, 4096, 128, Duration.ofSeconds(20), Optional.empty());
  }

  @Override
  public String toString() {
    return "ServeConfig[" + host + ":" + port + ", concurrent " + maxConcurrent + ", queued " + maxQueued + ", "
        + (apiKey.isPresent() ? "with" : "without") + " API key]";
  }

  private static void require(String what, Object value, boolean holds, String rule) {
    if (!holds) throw new IllegalArgumentException("--" + what + " must be " + rule + ", is " + value);
  }
}
