package dev.nescio.producers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.broker.BrokerConfig;
import dev.nescio.broker.EmbeddedBroker;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.Question;
import dev.nescio.schemas.Reference;
import dev.nescio.schemas.registry.EmbeddedRegistry;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.DeadLetterCause;
import dev.nescio.schemas.topics.Partitioning;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.TopicPlan;
import dev.nescio.schemas.topics.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real broker and registry. */
class SourcesTest {

  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  private static final int PARTITIONS = 3;

  @TempDir
  static Path directory;
  private static EmbeddedBroker broker;
  private static EmbeddedRegistry registry;
  private static Clients clients;

  @BeforeAll
  static void start() {
    broker = EmbeddedBroker.start(new BrokerConfig(directory.resolve("broker"), 0));
    registry = EmbeddedRegistry.start(0, directory.resolve("schemas.jsonl"));
    clients = Clients.at(broker.bootstrapServers());
    try (Admin admin = Admin.create(clients.admin())) {
      TopicPlan.apply(admin, PARTITIONS, (short) 1);
    }
  }

  @AfterAll
  static void stop() {
    registry.close();
    broker.close();
  }

  @Test
  void publishesEveryBundledQuestionWithItsReference() {
    List<QuestionItem> items = BundledQuestions.worldFacts();
    try (Publisher<Question> questions = open(Topics.QUESTIONS);
        Publisher<Reference> references = open(Topics.REFERENCES)) {
      Published asked = new QuestionSource(questions, CLOCK, Pace.unlimited())
          .publish(items, Asking.named("run-1").withChannel("shadow"));
      Published known = new ReferenceSource(references, CLOCK, Pace.unlimited()).publish(items, 0);

      assertThat(asked).isEqualTo(new Published("qa.questions.v1", 934, List.of()));
      assertThat(known.sent()).isEqualTo(934);
    }
    List<ConsumerRecord<String, Question>> read =
        read(Topics.QUESTIONS).stream().filter(r -> r.value().getAskId().equals("run-1")).toList();
    assertThat(read).hasSize(934).allSatisfy(record -> {
      assertThat(record.partition()).isEqualTo(Partitioning.expectedPartition(record.key(), PARTITIONS));
      assertThat(record.value().getAskedAt()).isEqualTo(NOW);
      assertThat(record.value().getOptions().getChannel()).isEqualTo("shadow");
    });
    assertThat(read(Topics.REFERENCES)).hasSize(934).extracting(ConsumerRecord::key)
        .containsExactlyInAnyOrderElementsOf(items.stream().map(QuestionItem::questionId).toList());
  }

  @Test
  void anOversizedQuestionNeverReachesTheBroker() {
    QuestionItem small = QuestionItem.of("é".repeat(32_768));
    QuestionItem large = QuestionItem.of("é".repeat(32_768) + "x");
    try (Publisher<Question> publisher = open(Topics.QUESTIONS)) {
      QuestionSource source = new QuestionSource(publisher, CLOCK, Pace.unlimited());
      Published published = source.publish(List.of(small, large), Asking.named("run-2"));

      assertThat(published.sent()).isEqualTo(1);
      assertThat(published.rejected()).singleElement().satisfies(rejection -> {
        assertThat(rejection.cause()).isEqualTo(DeadLetterCause.OVERSIZED);
        assertThat(rejection.message()).contains("65537 bytes").contains("max.question.bytes = 65536");
      });
      assertThatThrownBy(() -> source.ask(large, Asking.named("run-3")))
          .isInstanceOf(OversizedQuestionException.class);
      assertThat(source.ask(small, Asking.named("run-3"))).isEqualTo(small.questionId());
    }
    assertThat(read(Topics.QUESTIONS)).noneMatch(r -> r.value().getText().endsWith("x"));
  }

  @Test
  void whatTheBrokerFindsTooLargeIsCountedAndTheRestGoesOn() {
    QuestionItem huge = QuestionItem.of("x".repeat(3_000_000));
    try (Publisher<Question> publisher = open(Topics.QUESTIONS)) {
      Published published = new QuestionSource(publisher, CLOCK, Pace.unlimited(), Integer.MAX_VALUE)
          .publish(List.of(huge, QuestionItem.of("fine")), Asking.named("run-4"));

      assertThat(published.sent()).isEqualTo(1);
      assertThat(published.rejected()).extracting(Published.Rejection::item).containsExactly(huge.questionId());
    }
  }

  @Test
  void labelsGoToTheItemOfTheirAnswer() {
    List<Label> labels = IntStream.range(0, 50).mapToObj(i -> Label.newBuilder().setLabelId("l" + i)
        .setAnswerId("item/" + i + "~abc").setCorrect(i % 2 == 0)
        .setSource(dev.nescio.schemas.LabelSource.PERSON).setPrincipal("ann").setLabelledAt(NOW).build()).toList();
    try (Publisher<Label> publisher = open(Topics.LABELS)) {
      assertThat(new LabelSource(publisher, Pace.unlimited()).publish(labels).sent()).isEqualTo(50);
    }
    assertThat(read(Topics.LABELS)).hasSize(50)
        .allMatch(r -> r.value().getAnswerId().startsWith(r.key() + "~"));
  }

  @Test
  void aBrokerThatRefusesIsAnErrorWithTheWayOut() {
    Clients impatient = new Clients("127.0.0.1:1", Map.of("max.block.ms", "300", "delivery.timeout.ms", "400",
        "request.timeout.ms", "300", "linger.ms", "0"));
    try (Publisher<Question> publisher = Publisher.open(impatient, Topics.QUESTIONS,
        Map.of("schema.registry.url", registry.url()))) {
      QuestionSource source = new QuestionSource(publisher, CLOCK, Pace.unlimited());
      assertThatThrownBy(() -> source.ask(QuestionItem.of("a"), Asking.named("run-5")))
          .isInstanceOf(PublishException.class).hasMessageContaining("nescio topics apply");
    }
  }

  private static <V extends SpecificRecord> Publisher<V> open(Topic<V> topic) {
    return Publisher.open(clients, topic, Map.of("schema.registry.url", registry.url()));
  }

  private static <V extends SpecificRecord> List<ConsumerRecord<String, V>> read(Topic<V> topic) {
    List<ConsumerRecord<String, V>> records = new ArrayList<>();
    try (KafkaConsumer<String, V> consumer = new KafkaConsumer<>(clients.reader(), new StringDeserializer(),
        AvroSerdes.of(topic, Map.of("schema.registry.url", registry.url())).deserializer())) {
      List<TopicPartition> partitions =
          IntStream.range(0, PARTITIONS).mapToObj(p -> new TopicPartition(topic.name(), p)).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
    }
    return records;
  }
}
