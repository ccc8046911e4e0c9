package dev.nescio.evaluation;

import dev.nescio.schemas.Policy;
import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.serde.UndecodableRecordException;
import dev.nescio.schemas.topics.Topics;
import java.util.Optional;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the last policy of each tenant and domain, whole, in every instance. A record that cannot be read changes
 * nothing: the policy before it stays in force, here as in inference.
 */
final class PolicyTargets implements Processor<String, byte[], Void, Void> {

  static final String POLICIES = "policies";

  private static final Logger LOG = LoggerFactory.getLogger(PolicyTargets.class);

  private final Deserializer<Policy> policies;
  private KeyValueStore<String, byte[]> store;

  PolicyTargets(RegistryClient registry) {
    this.policies = AvroSerdes.of(Topics.POLICIES, registry).deserializer();
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    store = context.getStateStore(POLICIES);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    if (record.key() == null) return;
    if (record.value() == null) {
      store.delete(record.key());
      return;
    }
    try {
      policies.deserialize(Topics.POLICIES.name(), record.value());
      store.put(record.key(), record.value());
    } catch (UndecodableRecordException e) {
      LOG.error("the policy of {} changes nothing: {}", record.key(), e.getMessage(), e);
    }
  }

  /** The policy that applies to a tenant and domain, either possibly {@code *}. */
  static Optional<Policy> inForce(
      KeyValueStore<String, byte[]> store, Deserializer<Policy> policies, String tenant, String domain) {
    for (String key : CalibratorScopes.policies(tenant, domain)) {
      byte[] stored = store.get(key);
      if (stored != null) return Optional.of(policies.deserialize(Topics.POLICIES.name(), stored));
    }
    return Optional.empty();
  }
}
