package dev.nescio.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.nescio.schemas.Reference;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/** What apps rely on, from whichever broker and registry they meet. */
@OnEachPlatform
class PlatformTest {

  private static final String TOPIC = Topics.REFERENCES.name();
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

  @TempDir
  private static Path directory;
  private static Platform platform;
  private static Map<String, String> registry;

  @Parameter
  private PlatformKind kind;

  @BeforeParameterizedClassInvocation
  static void start(PlatformKind kind) {
    platform = kind.start(directory.resolve(kind.name()));
    platform.createTopics(1);
    registry = Map.of("schema.registry.url", platform.registryUrl());
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    if (platform == null) return;
    platform.close();
  }

  @Test
  void keepsCommittedRecordsAndItsAddressOverARestartOfTheBroker() {
    String address = platform.bootstrapServers();
    commit("before", "restart");
    platform.restartBroker(() -> assertThat(answers()).isFalse());
    assertThat(platform.bootstrapServers()).isEqualTo(address);
    commit("after", "restart");

    assertThat(committed("restart")).containsExactly("before", "after");
  }

  @Test
  void fencesTheOlderOfTwoProducersAndShowsNothingOfItsTransaction() {
    try (KafkaProducer<String, Reference> older = producer("twin")) {
      older.initTransactions();
      older.beginTransaction();
      older.send(new ProducerRecord<>(TOPIC, "twin", reference("of the older")));
      older.flush();
      commit("of the newer", "twin");

      assertThatThrownBy(older::commitTransaction).isInstanceOf(ProducerFencedException.class);
    }
    assertThat(committed("twin")).containsExactly("of the newer");
  }

  private static void commit(String text, String id) {
    try (KafkaProducer<String, Reference> producer = producer(id)) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(TOPIC, id, reference(text)));
      producer.commitTransaction();
    }
  }

  private static KafkaProducer<String, Reference> producer(String id) {
    return new KafkaProducer<>(Clients.at(platform.bootstrapServers()).transactionalProducer(id),
        new StringSerializer(), AvroSerdes.of(Topics.REFERENCES, registry).serializer());
  }

  private static Reference reference(String text) {
    return Reference.newBuilder().setAnswers(List.of("größer")).setAnswerable(true).setSource("test").setText(text)
        .setRecordedAt(Instant.EPOCH).build();
  }

  /** Texts of the committed records with a key. */
  private static List<String> committed(String key) {
    List<String> texts = new ArrayList<>();
    try (KafkaConsumer<String, Reference> consumer = new KafkaConsumer<>(
        Clients.at(platform.bootstrapServers()).reader(), new StringDeserializer(),
        AvroSerdes.of(Topics.REFERENCES, registry).deserializer())) {
      consumer.assign(List.of(PARTITION));
      long end = consumer.endOffsets(List.of(PARTITION)).get(PARTITION);
      await().atMost(Duration.ofMinutes(1)).until(() -> {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> {
          assertThat(record.value().getAnswers()).containsExactly("größer");
          if (record.key().equals(key)) texts.add(record.value().getText());
        });
        return consumer.position(PARTITION) >= end;
      });
    }
    return texts;
  }

  /** Whether anybody takes a connection at the broker's address. */
  private static boolean answers() {
    Map<String, Object> impatient = Clients.at(platform.bootstrapServers()).admin();
    impatient.put("default.api.timeout.ms", 1_500);
    impatient.put("request.timeout.ms", 1_000);
    try (Admin admin = Admin.create(impatient)) {
      admin.describeCluster().nodes().get();
      return true;
    } catch (ExecutionException e) {
      assertThat(e).hasCauseInstanceOf(TimeoutException.class);
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
