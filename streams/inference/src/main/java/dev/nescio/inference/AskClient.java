package dev.nescio.inference;

import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Question;
import dev.nescio.schemas.registry.HttpRegistryClient;
import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.registry.RegistryConfig;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.DeadLetter;
import dev.nescio.schemas.topics.Ids;
import dev.nescio.schemas.topics.Partitioning;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;

/** Publishes one question to a running system and waits for its answer. Not thread-safe. */
public final class AskClient implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(50);

  private final RegistryClient registry;
  private final Serde<Question> questions;
  private final Serde<Answer> answers;
  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> consumer;

  /**
   * @param clients          how to reach the brokers
   * @param registrySettings {@code schema.registry.url} at least
   */
  public AskClient(Clients clients, Map<String, String> registrySettings) {
    registry = new HttpRegistryClient(RegistryConfig.from(registrySettings));
    questions = AvroSerdes.of(Topics.QUESTIONS, registry);
    questions.serializer().configure(registrySettings, false);
    answers = AvroSerdes.of(Topics.ANSWERS, registry);
    Map<String, Object> settings = clients.producer();
    // One person waits: better an early message than the default of a minute.
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
    producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    Map<String, Object> reading = new HashMap<>(clients.reader());
    // The broker holds a fetch of committed records back until this is over, though the transaction has ended before.
    reading.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20);
    consumer = new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /**
   * Asks and waits.
   *
   * @param question with an askId that is not used yet
   * @throws NoAnswerException when the question was refused, or there was no answer in time; the message says which
   * @throws KafkaException when no broker answers
   */
  public Answer ask(Question question, Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    byte[] key =
        Ids.questionId(question.getTenant(), question.getText(), question.getContext())
            .getBytes(StandardCharsets.UTF_8);
    watchFromNow(key);
    RecordMetadata sent = send(key, question);
    while (System.nanoTime() - deadline < 0) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (record.topic().equals(Topics.DEAD_LETTERS.name())) refuseIfOurs(DeadLetter.of(record), sent);
        else if (record.value() != null) {
          Answer answer = answers.deserializer().deserialize(record.topic(), record.value());
          if (answer.getAskId().equals(question.getAskId())) return answer;
        }
      }
    }
    throw new NoAnswerException(
        "no answer after " + timeout.toSeconds() + " s; the question is on " + sent
            + " and will be answered when inference runs");
  }

  private void watchFromNow(byte[] key) {
    String topic = Topics.ANSWERS.name();
    int partitions = consumer.partitionsFor(topic).size();
    List<TopicPartition> watched = new ArrayList<>();
    watched.add(new TopicPartition(topic, Partitioning.expectedPartition(key, partitions)));
    consumer
        .partitionsFor(Topics.DEAD_LETTERS.name())
        .forEach(p -> watched.add(new TopicPartition(p.topic(), p.partition())));
    consumer.assign(watched);
    // Absolute positions: a lazy seek to the end could be resolved after the answer has come.
    consumer.endOffsets(watched).forEach(consumer::seek);
  }

  private RecordMetadata send(byte[] key, Question question) throws InterruptedException {
    String topic = Topics.QUESTIONS.name();
    byte[] value = questions.serializer().serialize(topic, question);
    try {
      return producer
          .send(new ProducerRecord<>(topic, null, question.getAskedAt().toEpochMilli(), key, value))
          .get();
    } catch (ExecutionException e) {
      throw new KafkaException("the question could not be published: " + e.getCause().getMessage(), e.getCause());
    }
  }

  private static void refuseIfOurs(DeadLetter letter, RecordMetadata sent) {
    boolean ours =
        letter.topic().equals(Optional.of(sent.topic()))
            && letter.partition().equals(Optional.of(sent.partition()))
            && letter.offset().equals(Optional.of(sent.offset()));
    if (ours) throw new NoAnswerException("the question was refused: " + letter.message().orElse("no message"));
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(2));
    consumer.close();
    registry.close();
  }
}
