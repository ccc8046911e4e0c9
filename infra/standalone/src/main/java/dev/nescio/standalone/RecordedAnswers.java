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
import dev.nescio.schemas.serde.UndecodableRecordException;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/** Chosen answers with their labels, and their evidence as long as that is retained. */
final class RecordedAnswers {

  private static final Duration HORIZON = Duration.ofDays(7);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Connection.Ends ends;
  private final LabelledLog log = new LabelledLog(HORIZON);
  private final Map<String, Evidence> evidence = new HashMap<>();
  private final Map<String, OptionalDouble> scored = new HashMap<>();
  private final Set<String> chosen = new HashSet<>();
  private final Set<String> recordedScores = new TreeSet<>();
  private long undecodable;

  private RecordedAnswers(Connection.Ends ends) {
    this.ends = ends;
  }

  /**
   * Everything that is committed now about the answers that are wanted; what is about others is not held.
   *
   * @throws UserError if no broker answers, or it has no answers topic
   */
  static RecordedAnswers read(Connection.Ends ends, Predicate<Answer> wanted) {
    RecordedAnswers recorded = new RecordedAnswers(ends);
    recorded.each(Topics.ANSWERS, (record, answer) -> {
      if (!wanted.test(answer)) return;
      recorded.chosen.add(answer.getAnswerId());
      recorded.recordedScores.addAll(answer.getScores().keySet());
      recorded.log.add(answer);
    });
    recorded.each(Topics.LABELS, (record, label) -> {
      if (recorded.chosen.contains(label.getAnswerId())) recorded.log.add(label, record.offset());
    });
    recorded.each(Topics.EVIDENCE, (record, one) -> {
      if (recorded.chosen.contains(one.getAnswerId())) recorded.evidence.put(one.getAnswerId(), one);
    });
    return recorded;
  }

  /** Estimators whose score stands on some answer. */
  Set<String> recordedScores() {
    return recordedScores;
  }

  /** Records that were left out since nobody can read them. */
  long undecodable() {
    return undecodable;
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
      return Estimators.all().stream().filter(one -> known != null && one.name().equals(estimator)).findFirst()
          .map(one -> score(known, one)).orElse(OptionalDouble.empty());
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
            new KafkaConsumer<>(ends.clients().reader(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        Deserializer<V> values = AvroSerdes.of(topic, ends.registry()).deserializer()) {
      List<TopicPartition> partitions = consumer.partitionsFor(topic.name(), PATIENCE).stream()
          .map(info -> new TopicPartition(topic.name(), info.partition())).toList();
      if (partitions.isEmpty()) {
        throw new UserError("there is no topic " + topic.name() + " at " + ends.bootstrapServers()
            + "; is this the right broker? \"nescio topics apply\" makes the topics");
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> until = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(partition -> consumer.position(partition) < until.get(partition))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          if (record.value() != null) fold(topic, values, record, fold);
        }
      }
    } catch (TimeoutException e) {
      throw new UserError("no broker answered at " + ends.bootstrapServers() + " within " + PATIENCE.toSeconds()
          + " s; check --bootstrap-servers", e);
    }
  }

  private <V extends SpecificRecord> void fold(Topic<V> topic, Deserializer<V> values,
      ConsumerRecord<byte[], byte[]> record, BiConsumer<ConsumerRecord<byte[], byte[]>, V> fold) {
    V value;
    try {
      value = values.deserialize(topic.name(), record.value());
    } catch (UndecodableRecordException e) {
      // Evaluation dead-lettered it with the cause; here it is counted and told.
      undecodable++;
      return;
    }
    fold.accept(record, value);
  }
}
