package dev.nescio.inference;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * How inference runs. Checks itself; made from {@link #of} unknown keys fail.
 *
 * @param bootstrapServers     brokers, {@code host:port} separated by commas
 * @param registry             settings of the schema registry's client, {@code schema.registry.url} at least
 * @param kafka                further settings of every Kafka client, for example {@code security.protocol}
 * @param group                consumer group; instances of one group share the partitions
 * @param instance             name of this instance within the group. A restarted instance keeps its name, so that an
 *                             open transaction of its former life ends at once; two running ones need different names
 * @param artifacts            directory that relative locations of releases are below
 * @param estimator            estimator of the built-in policy, in force until a policy is published
 * @param auditProbability     share of answers that the built-in policy marks for labelling, in [0, 1]
 * @param batchRows            questions in the model at the same time, at least 1
 * @param maxQueued            questions without an answer before partitions are paused, at least {@code batchRows}; and
 *                             of each partition, questions that were read and are not committed
 * @param linger               longest wait for a batch to fill, of models that do not join calls
 * @param maxQuestionBytes     largest question record in bytes
 * @param evidenceAlternatives most likely tokens kept as evidence for each position, 0 to 20
 * @param transactionTimeout   after it the broker aborts a transaction whose owner fell silent
 * @param closeTimeout         longest time that {@link InferenceApp#close} may take
 */
public record InferenceConfig(
    String bootstrapServers,
    Map<String, String> registry,
    Map<String, String> kafka,
    String group,
    String instance,
    Path artifacts,
    String estimator,
    double auditProbability,
    int batchRows,
    int maxQueued,
    Duration linger,
    int maxQuestionBytes,
    int evidenceAlternatives,
    Duration transactionTimeout,
    Duration closeTimeout) {

  private static final Set<String> KEYS =
      new TreeSet<>(
          Set.of(
              "bootstrap.servers", "group", "instance", "artifacts", "estimator", "audit.probability", "batch.rows",
              "max.queued", "linger.ms", "max.question.bytes", "evidence.alternatives", "transaction.timeout.ms",
              "close.timeout.ms"));

  private static final String REGISTRY_PREFIX = "registry.";
  private static final String KAFKA_PREFIX = "kafka.";

  public InferenceConfig {
    requireText("bootstrap.servers", bootstrapServers);
    registry = Map.copyOf(registry);
    requireText("registry.schema.registry.url", registry.get("schema.registry.url"));
    kafka = Map.copyOf(kafka);
    requireText("group", group);
    requireText("instance", instance);
    Objects.requireNonNull(artifacts, "artifacts");
    requireText("estimator", estimator);
    require("audit.probability", auditProbability, auditProbability >= 0 && auditProbability <= 1, "in [0, 1]");
    require("batch.rows", batchRows, batchRows >= 1, "at least 1");
    require("max.queued", maxQueued, maxQueued >= batchRows, "at least batch.rows (" + batchRows + ")");
    require("linger.ms", linger, !linger.isNegative(), "0 or above");
    require("max.question.bytes", maxQuestionBytes, maxQuestionBytes >= 1, "at least 1");
    require(
        "evidence.alternatives", evidenceAlternatives, evidenceAlternatives >= 0 && evidenceAlternatives <= 20,
        "between 0 and 20");
    require("transaction.timeout.ms", transactionTimeout, transactionTimeout.toMillis() >= 1_000, "at least 1 s");
    require("close.timeout.ms", closeTimeout, closeTimeout.toMillis() >= 1_000, "at least 1 s");
  }

  /** The defaults, for one instance. */
  public static InferenceConfig of(String bootstrapServers, String registryUrl) {
    return of(Map.of("bootstrap.servers", bootstrapServers, "registry.schema.registry.url", registryUrl));
  }

  /**
   * From named settings; {@code registry.*} goes to the registry's client and {@code kafka.*} to the Kafka clients.
   *
   * @throws IllegalArgumentException naming the setting that is unknown, missing or out of range
   */
  public static InferenceConfig of(Map<String, String> settings) {
    Map<String, String> registry = new HashMap<>();
    Map<String, String> kafka = new HashMap<>();
    settings.forEach(
        (key, value) -> {
          if (key.startsWith(REGISTRY_PREFIX)) registry.put(key.substring(REGISTRY_PREFIX.length()), value);
          else if (key.startsWith(KAFKA_PREFIX)) kafka.put(key.substring(KAFKA_PREFIX.length()), value);
          else if (!KEYS.contains(key)) {
            throw new IllegalArgumentException(
                "unknown inference setting \"" + key + "\"; there are " + String.join(", ", KEYS)
                    + ", registry.*, kafka.*");
          }
        });
    return new InferenceConfig(
        settings.get("bootstrap.servers"),
        registry,
        kafka,
        settings.getOrDefault("group", "nescio-inference"),
        settings.getOrDefault("instance", "0"),
        Path.of(settings.getOrDefault("artifacts", "")),
        settings.getOrDefault("estimator", "sequence-probability"),
        number(settings, "audit.probability", "0", Double::parseDouble, "a number"),
        integer(settings, "batch.rows", "16"),
        integer(settings, "max.queued", "256"),
        millis(settings, "linger.ms", "10"),
        integer(settings, "max.question.bytes", "65536"),
        integer(settings, "evidence.alternatives", "3"),
        millis(settings, "transaction.timeout.ms", "20000"),
        millis(settings, "close.timeout.ms", "8000"));
  }

  private static int integer(Map<String, String> settings, String key, String otherwise) {
    return number(settings, key, otherwise, Integer::parseInt, "a whole number");
  }

  private static Duration millis(Map<String, String> settings, String key, String otherwise) {
    return Duration.ofMillis(number(settings, key, otherwise, Long::parseLong, "a whole number of milliseconds"));
  }

  private static <N> N number(
      Map<String, String> settings, String key, String otherwise, Function<String, N> parse, String what) {
    String text = settings.getOrDefault(key, otherwise);
    try {
      return parse.apply(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(key + " is " + what + ", not \"" + text + "\"", e);
    }
  }

  private static void requireText(String key, String value) {
    if (value == null || value.isBlank()) throw new IllegalArgumentException(key + " is missing");
  }

  private static void require(String key, Object value, boolean holds, String rule) {
    if (!holds) throw new IllegalArgumentException(key + " must be " + rule + ", is " + value);
  }
}
