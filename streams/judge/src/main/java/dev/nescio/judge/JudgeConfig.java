package dev.nescio.judge;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Configuration of the judge app. Immutable; a value out of range or an unknown key fails with its name.
 *
 * @param bootstrapServers {@code host:port}, comma-separated
 * @param registry         Confluent's keys of the schema registry client
 * @param groupId          consumer group; instances of one group share the partitions
 * @param instanceId       makes the {@code transactional.id} of this instance, so that an older one is fenced
 * @param batch            answers judged in one call of the model
 * @param maxPending       answers held before reading pauses
 * @param patience         how long an answer waits for the question and its accepted answers
 */
public record JudgeConfig(
    String bootstrapServers, Map<String, String> registry, String groupId, String instanceId, int batch,
    int maxPending, Duration patience) {

  private static final Set<String> KEYS =
      new TreeSet<>(Set.of("group.id", "instance.id", "batch", "max.pending", "wait"));

  public JudgeConfig {
    registry = Map.copyOf(registry);
    require(!bootstrapServers.isBlank(), "bootstrap servers", bootstrapServers, "host:port");
    require(!groupId.isBlank(), "group.id", groupId, "a name");
    require(!instanceId.isBlank(), "instance.id", instanceId, "a name");
    require(batch >= 1, "batch", batch, "at least 1");
    require(maxPending >= batch, "max.pending", maxPending, "at least batch");
    require(!patience.isNegative(), "wait", patience, "not negative");
  }

  /** Defaults: 16 answers at once, and a minute of waiting for a reference. */
  public static JudgeConfig of(String bootstrapServers, String registryUrl) {
    return new JudgeConfig(bootstrapServers, Map.of("schema.registry.url", registryUrl), "nescio-judge", "judge-1", 16,
        512, Duration.ofMinutes(1));
  }

  /**
   * A copy with settings on top; durations as ISO-8601.
   *
   * @throws IllegalArgumentException for an unknown key or a value that cannot be read, naming it
   */
  public JudgeConfig with(Map<String, String> settings) {
    for (String key : settings.keySet()) {
      if (!KEYS.contains(key)) {
        throw new IllegalArgumentException("the judge has no setting \"" + key + "\"; there are " + KEYS);
      }
    }
    return new JudgeConfig(bootstrapServers, registry, settings.getOrDefault("group.id", groupId),
        settings.getOrDefault("instance.id", instanceId), integer(settings, "batch", batch),
        integer(settings, "max.pending", maxPending), duration(settings.get("wait"), patience));
  }

  private static int integer(Map<String, String> settings, String key, int otherwise) {
    try {
      return settings.containsKey(key) ? Integer.parseInt(settings.get(key)) : otherwise;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(key + " is a whole number, not \"" + settings.get(key) + "\"", e);
    }
  }

  private static Duration duration(String text, Duration otherwise) {
    try {
      return text == null ? otherwise : Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("wait is a duration like PT30S, not \"" + text + "\"", e);
    }
  }

  private static void require(boolean holds, String key, Object value, String rule) {
    if (!holds) throw new IllegalArgumentException(key + " is " + rule + ", not \"" + value + "\"");
  }
}
