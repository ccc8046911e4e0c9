package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.nescio.platform.OnEachPlatform;
import dev.nescio.platform.Platform;
import dev.nescio.platform.PlatformKind;
import dev.nescio.schemas.Accounting;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.LabelSource;
import dev.nescio.schemas.registry.HttpRegistryClient;
import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.registry.RegistryConfig;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** Killed in the middle, twice, on a real broker: what is shown in the end equals the batch computation bit for bit. */
@OnEachPlatform
class KillTest {

  private static final int PARTITIONS = 3;
  private static final int ITEMS = 1_000;

  @TempDir
  private Path directory;
  @Parameter
  private PlatformKind kind;
  private Platform platform;
  private RegistryClient registry;
  private KafkaProducer<byte[], byte[]> producer;

  @BeforeEach
  void start() throws Exception {
    platform = kind.start(directory.resolve("platform"));
    platform.createTopics(PARTITIONS);
    registry = new HttpRegistryClient(RegistryConfig.at(platform.registryUrl()));
    producer = new KafkaProducer<>(Clients.at(platform.bootstrapServers()).producer(), new ByteArraySerializer(),
        new ByteArraySerializer());
    Files.createDirectories(directory.resolve("state"));
  }

  @AfterEach
  void stop() {
    if (platform == null) return;
    producer.close();
    registry.close();
    platform.close();
  }

  @Test
  void endsWhereTheBatchComputationDoesAfterTwoKills() throws Exception {
    List<History.Sent<?>> history = new History(20260105, ITEMS, Instant.now()).records();
    int third = history.size() / 3;
    for (int part = 0; part < 3; part++) {
      try (EvaluationProcess evaluation = run()) {
        history.subList(part * third, part == 2 ? history.size() : (part + 1) * third).forEach(this::send);
        producer.flush();
        if (part < 2) {
          long enough = (long) (part + 1) * third / 4;
          await().atMost(Duration.ofSeconds(120)).until(() -> labelsCounted(evaluation) > enough);
          evaluation.kill();
        } else {
          await().atMost(Duration.ofSeconds(180)).pollInterval(Duration.ofSeconds(1))
              .untilAsserted(() -> assertEqualsBatch(evaluation));
        }
      }
    }
  }

  private void assertEqualsBatch(EvaluationProcess evaluation) {
    assertThat(evaluation.alive()).as("the app runs; its log is beside its state").isTrue();
    List<LabelFacts> labels = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : read(Topics.LABELS)) {
      labels.add(LabelFacts.of(value(Topics.LABELS, record), record.offset(), record.value()));
    }
    List<AnswerFacts> answers = read(Topics.ANSWERS).stream()
        .map(record -> AnswerFacts.of(value(Topics.ANSWERS, record), new Words())).toList();
    BatchOracle oracle = new BatchOracle(answers, labels, Duration.ofDays(7).toMillis() * 1_000);

    assertAccountsEqual(oracle, answers, labels);
    Set<Long> grades = new HashSet<>();
    labels.stream().filter(label -> label.source() == LabelSource.GRADER)
        .forEach(label -> assertThat(grades.add(label.id())).as("graded once: %s", label).isTrue());
    assertThat(grades).hasSizeGreaterThan(ITEMS / 2);

    Map<String, CalibrationSnapshot> shown = latest(Topics.CALIBRATION);
    Set<SliceKey> slices = new HashSet<>();
    answers.forEach(answer -> slices.addAll(SliceKey.of(answer.origin())));
    assertThat(shown.keySet().stream().filter(key -> key.contains("\"all\""))).hasSize(slices.size());
    shown.values().forEach(oracle::assertShown);
  }

  private void assertAccountsEqual(BatchOracle oracle, List<AnswerFacts> answers, List<LabelFacts> labels) {
    Map<String, Long> labelClasses = new HashMap<>();
    Map<String, Long> answerClasses = new HashMap<>();
    long labelsRead = 0;
    long answersRead = 0;
    for (Accounting accounting : latest(Topics.ACCOUNTING).values()) {
      assertThat(accounting.getClosed()).isTrue();
      accounting.getLabels().forEach((name, count) -> labelClasses.merge(name, count, Long::sum));
      accounting.getAnswers().forEach((name, count) -> answerClasses.merge(name, count, Long::sum));
      labelsRead += accounting.getLabelsRead();
      answersRead += accounting.getAnswersRead() + accounting.getAnswerDuplicates();
    }
    assertThat(labelsRead).isEqualTo(labels.size());
    assertThat(answersRead).isEqualTo(answers.size());
    labelClasses.values().removeIf(count -> count == 0);
    answerClasses.values().removeIf(count -> count == 0);
    assertThat(labelClasses).isEqualTo(oracle.labelClasses());
    assertThat(answerClasses).isEqualTo(oracle.answerClasses());
  }

  private long labelsCounted(EvaluationProcess evaluation) {
    assertThat(evaluation.alive()).isTrue();
    return latest(Topics.ACCOUNTING).values().stream().mapToLong(Accounting::getLabelsRead).sum();
  }

  private EvaluationProcess run() throws Exception {
    return EvaluationProcess.start(platform.bootstrapServers(), platform.registryUrl(), directory.resolve("state"));
  }

  private <V extends SpecificRecord> void send(History.Sent<V> record) {
    String topic = record.topic().name();
    byte[] value = AvroSerdes.of(record.topic(), registry).serializer().serialize(topic, record.value());
    producer.send(new ProducerRecord<>(topic, record.key().getBytes(StandardCharsets.UTF_8), value));
  }

  private <V extends SpecificRecord> Map<String, V> latest(Topic<V> topic) {
    Map<String, V> latest = new HashMap<>();
    read(topic).forEach(record ->
        latest.put(new String(record.key(), StandardCharsets.UTF_8), value(topic, record)));
    return latest;
  }

  private <V extends SpecificRecord> V value(Topic<V> topic, ConsumerRecord<byte[], byte[]> record) {
    return AvroSerdes.of(topic, registry).deserializer().deserialize(topic.name(), record.value());
  }

  /** Everything that is committed now. */
  private List<ConsumerRecord<byte[], byte[]>> read(Topic<?> topic) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Clients.at(platform.bootstrapServers()).reader(),
        new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
          .map(info -> new TopicPartition(topic.name(), info.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
        consumer.poll(Duration.ofMillis(100)).forEach(found::add);
      }
    }
    return found;
  }
}
