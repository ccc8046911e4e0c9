package dev.nescio.inference;

import dev.nescio.inference.CalibratorBook.Key;
import dev.nescio.inference.PolicyBook.Scope;
import dev.nescio.schemas.Calibrator;
import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.Policy;
import dev.nescio.schemas.topics.Keys;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;

/** What one record of a control topic changes. */
final class ControlFold {

  /** The topics that inference is steered by. */
  static final List<String> TOPICS =
      List.of(Topics.POLICIES.name(), Topics.CALIBRATORS.name(), Topics.MODELS.name());

  private final Deserializer<Policy> policies;
  private final Deserializer<Calibrator> calibrators;
  private final Deserializer<ModelRelease> releases;
  private final Map<String, Rule> rules =
      Map.of(
          Topics.POLICIES.name(), this::policy,
          Topics.CALIBRATORS.name(), this::calibrator,
          Topics.MODELS.name(), this::release);

  private interface Rule {
    Control apply(Control before, ConsumerRecord<byte[], byte[]> record);
  }

  ControlFold(
      Deserializer<Policy> policies, Deserializer<Calibrator> calibrators, Deserializer<ModelRelease> releases) {
    this.policies = policies;
    this.calibrators = calibrators;
    this.releases = releases;
  }

  /**
   * @throws RuntimeException if the record cannot be decoded or what it says cannot be applied; what was in force stays
   */
  Control apply(Control before, ConsumerRecord<byte[], byte[]> record) {
    return rules.get(record.topic()).apply(before, record);
  }

  private Control policy(Control before, ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      List<String> key = key(record, 2);
      return before.with(before.policies().without(key.get(0), key.get(1)));
    }
    Policy policy = policies.deserialize(record.topic(), record.value());
    requireShare("auditProbability", policy.getAuditProbability());
    requireShare("alpha", policy.getAlpha());
    return before.with(before.policies().with(policy));
  }

  private Control calibrator(Control before, ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      List<String> key = key(record, 4);
      Key of = new Key(new Scope(key.get(0), key.get(1)), key.get(2), key.get(3));
      return before.with(before.calibrators().without(of));
    }
    return before.with(before.calibrators().with(calibrators.deserialize(record.topic(), record.value())));
  }

  private Control release(Control before, ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) return before;
    return before.with(before.releases().with(releases.deserialize(record.topic(), record.value())));
  }

  private static List<String> key(ConsumerRecord<byte[], byte[]> record, int parts) {
    if (record.key() == null) throw new IllegalArgumentException("a record without key and value");
    List<String> key = Keys.decode(new String(record.key(), StandardCharsets.UTF_8));
    if (key.size() != parts) throw new IllegalArgumentException("a key of " + key.size() + " parts, not " + parts);
    return key;
  }

  private static void requireShare(String field, double value) {
    if (!(value >= 0 && value <= 1)) throw new IllegalArgumentException(field + " is in [0, 1], not " + value);
  }
}
