package dev.nescio.standalone;

import dev.nescio.confidence.ConfidenceEstimator;
import dev.nescio.confidence.Estimators;
import dev.nescio.confidence.EvidenceKey;
import dev.nescio.confidence.EvidenceKey.AnswerSpan;
import dev.nescio.confidence.Score;
import dev.nescio.evaluation.LabelledLog;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Evidence;
import dev.nescio.schemas.RawScore;
import dev.nescio.schemas.RemoteToken;
import dev.nescio.schemas.TokenEvidence;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BiConsumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/** Answers of a time range with their labels, and their evidence as long as that is retained. */
final class RecordedAnswers {

  private static final Duration HORIZON = Duration.ofDays(7);

  private final Clients clients;
  private final Map<String, ?> registry;
  private final LabelledLog log = new LabelledLog(HORIZON);
  private final Map<String, Evidence> evidence = new HashMap<>();
  private final Map<String, OptionalDouble> scored = new HashMap<>();

  private RecordedAnswers(Clients clients, Map<String, ?> registry) {
    this.clients = clients;
    this.registry = registry;
  }

  /** Everything that is committed now. */
  static RecordedAnswers read(Clients clients, Map<String, ?> registry, Instant from, Instant to) {
    RecordedAnswers recorded = new RecordedAnswers(clients, registry);
    recorded.each(Topics.ANSWERS, (record, answer) -> {
      if (!answer.getAnsweredAt().isBefore(from) && answer.getAnsweredAt().isBefore(to)) recorded.log.add(answer);
    });
    recorded.each(Topics.LABELS, (record, label) -> recorded.log.add(label, record.offset()));
    recorded.each(Topics.EVIDENCE, (record, one) -> recorded.evidence.put(one.getAnswerId(), one));
    return recorded;
  }

  List<LabelledLog.Entry> entries() {
    return log.entries();
  }

  /** The recorded score of an estimator, or the one that it gives to the recorded evidence. */
  OptionalDouble score(Answer answer, String estimator) {
    return scored.computeIfAbsent(answer.getAnswerId(), ignored -> {
      RawScore stored = answer.getScores().get(estimator);
      if (stored != null) {
        return stored.getValue() == null ? OptionalDouble.empty() : OptionalDouble.of(stored.getValue());
      }
      Evidence known = evidence.get(answer.getAnswerId());
      return known == null ? OptionalDouble.empty() : score(known, Estimators.named(estimator));
    });
  }

  private static OptionalDouble score(Evidence recorded, ConfidenceEstimator estimator) {
    AnswerSpan span = recorded.getRemoteTokens().isEmpty()
        ? new AnswerSpan(
            recorded.getTokens().stream().map(TokenEvidence::getLogProb).toList(),
            recorded.getTokens().stream().map(TokenEvidence::getEntropy).toList())
        : new AnswerSpan(recorded.getRemoteTokens().stream().map(RemoteToken::getLogProb).toList(), List.of());
    dev.nescio.confidence.Evidence evidence =
        dev.nescio.confidence.Evidence.none().with(EvidenceKey.ANSWER_SPAN, span);
    if (recorded.getPIdk() != null) evidence = evidence.with(EvidenceKey.P_IDK, recorded.getPIdk());
    return switch (estimator.score(evidence)) {
      case Score.Probability p -> OptionalDouble.of(p.value());
      case Score.Unbounded u -> OptionalDouble.of(u.value());
      case Score.Abstained a -> OptionalDouble.empty();
    };
  }

  private <V extends SpecificRecord> void each(Topic<V> topic, BiConsumer<ConsumerRecord<byte[], byte[]>, V> fold) {
    try (KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(clients.reader(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        Deserializer<V> values = AvroSerdes.of(topic, registry).deserializer()) {
      List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
          .map(info -> new TopicPartition(topic.name(), info.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          if (record.value() != null) fold.accept(record, values.deserialize(topic.name(), record.value()));
        }
      }
    }
  }
}
