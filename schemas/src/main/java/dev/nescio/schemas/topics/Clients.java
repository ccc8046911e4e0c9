package dev.nescio.schemas.topics;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Client properties that hold everywhere: committed records only, offsets by hand, idempotent and acknowledged writes.
 * No (de)serializers are among them; give them to the client's constructor.
 *
 * @param bootstrapServers comma-separated {@code host:port}
 * @param overrides        further client properties, for example of SASL or TLS; they win
 */
public record Clients(String bootstrapServers, Map<String, String> overrides) {

  /** Copies the overrides. */
  public Clients {
    Objects.requireNonNull(bootstrapServers, "bootstrapServers");
    if (bootstrapServers.isBlank()) {
      throw new IllegalArgumentException("bootstrapServers is empty; give host:port of a broker");
    }
    overrides = Map.copyOf(overrides);
  }

  /** Without further properties. */
  public static Clients at(String bootstrapServers) {
    return new Clients(bootstrapServers, Map.of());
  }

  /** For an {@code Admin}. */
  public Map<String, Object> admin() {
    return common();
  }

  /** For a member of a group: starts at the earliest record, commits nothing by itself. */
  public Map<String, Object> consumer(String groupId) {
    Map<String, Object> config = reader();
    config.put(ConsumerConfig.GROUP_ID_CONFIG, Objects.requireNonNull(groupId, "groupId"));
    config.putAll(overrides);
    return config;
  }

  /** For a consumer without a group that is assigned its partitions by hand. */
  public Map<String, Object> reader() {
    Map<String, Object> config = common();
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    config.putAll(overrides);
    return config;
  }

  /** For a producer outside transactions. */
  public Map<String, Object> producer() {
    Map<String, Object> config = common();
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, TopicSpec.MAX_MESSAGE_BYTES);
    config.putAll(overrides);
    return config;
  }

  /** For a producer in transactions; of two with one id the older is fenced. */
  public Map<String, Object> transactionalProducer(String transactionalId) {
    Map<String, Object> config = producer();
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, Objects.requireNonNull(transactionalId, "transactionalId"));
    return config;
  }

  private Map<String, Object> common() {
    Map<String, Object> config = new HashMap<>();
    config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    config.putAll(overrides);
    return config;
  }
}
