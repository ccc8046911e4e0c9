package dev.nescio.platform;

import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.TopicPlan;
import org.apache.kafka.clients.admin.Admin;

/** A running Kafka broker and schema registry. Empty when started; closing removes both and what they hold. */
public interface Platform extends AutoCloseable {

  /** {@code host:port} of the broker; the same after a restart. */
  String bootstrapServers();

  /** Address for {@code schema.registry.url}. */
  String registryUrl();

  /** Stops the broker, does something, and starts the broker again on the same address and log. */
  void restartBroker(Runnable meanwhile);

  /** Creates all topics, without replicas. */
  default void createTopics(int partitions) {
    try (Admin admin = Admin.create(Clients.at(bootstrapServers()).admin())) {
      TopicPlan.apply(admin, partitions, (short) 1);
    }
  }

  @Override
  void close();
}
