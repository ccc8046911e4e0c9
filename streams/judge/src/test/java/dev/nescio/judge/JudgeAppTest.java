package dev.nescio.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.nescio.platform.OnEachPlatform;
import dev.nescio.platform.Platform;
import dev.nescio.platform.PlatformKind;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.LabelSource;
import dev.nescio.schemas.Reference;
import dev.nescio.schemas.registry.RegistryConfig;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
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

@OnEachPlatform
class JudgeAppTest {

  private static final Instant AT = Instant.parse("2026-01-05T12:00:00Z");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir
  private Path directory;
  @Parameter
  private PlatformKind kind;
  private Platform platform;
  private KafkaProducer<byte[], byte[]> producer;
  private final CapitalJudge model = new CapitalJudge();

  @BeforeEach
  void start() {
    platform = kind.start(directory);
    platform.createTopics(2);
    producer = new KafkaProducer<>(Clients.at(platform.bootstrapServers()).producer(), new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  @AfterEach
  void stop() {
    if (platform == null) return;
    producer.close();
    platform.close();
  }

  @Test
  void labelsEveryAnswerOnceAlsoOverARestart() throws Exception {
    for (int i = 0; i < 20; i++) {
      reference("q" + i, true);
      answer("q" + i, i % 3 == 0 ? "Lima" : i % 3 == 1 ? "the capital city" : "Cusco", Decision.ANSWER);
    }
    answer("failed", "", Decision.ERROR);
    answer("nobody-knows", "x", Decision.ANSWER);
    send(Topics.ANSWERS, "broken", new byte[] {9, 9, 9});
    producer.flush();
    try (JudgeApp judge = judge()) {
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(labels()).hasSize(20));
      await().atMost(PATIENCE).untilAsserted(() ->
          assertThat(judge.figures()).containsEntry("judge_passed_total{reason=\"no reference\"}", 1.0)
              .containsEntry("judge_passed_total{reason=\"ungradable\"}", 1.0));
      assertThat(judge.failure()).isEmpty();
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(read(Topics.DEAD_LETTERS.name())).hasSize(1));
    }
    assertThat(labels()).allSatisfy(label -> {
      assertThat(label.getSource()).isEqualTo(LabelSource.JUDGE);
      assertThat(label.getPrincipal()).isEqualTo("judge:protocol=kwt-1@0123456789ab");
      int i = Integer.parseInt(label.getAnswerId().substring(1, label.getAnswerId().indexOf('~')));
      assertThat(label.getCorrect()).isEqualTo(i % 3 != 2);
      assertThat(label.getReason()).startsWith(i % 3 == 0 ? "exact match" : i % 3 == 1 ? "yes" : "no");
    });
    assertThat(model.asked).as("exact matches need no model").hasValue(13);

    answer("q0", "again the capital", Decision.ANSWER);
    producer.flush();
    try (JudgeApp judge = judge()) {
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(labels()).hasSize(21));
      assertThat(judge.failure()).isEmpty();
    }
    assertThat(labels()).extracting(Label::getLabelId).doesNotHaveDuplicates();
    assertThat(model.asked).hasValue(14);
  }

  @Test
  void waitsForTheReferenceOfAnAnswer() throws Exception {
    answer("q", "the capital", Decision.ANSWER);
    producer.flush();
    try (JudgeApp judge = new JudgeApp(JudgeConfig.of(platform.bootstrapServers(), platform.registryUrl()), model,
        Clock.systemUTC())) {
      judge.start();
      await().during(Duration.ofSeconds(2)).atMost(PATIENCE).until(() -> labels().isEmpty());
      reference("q", true);
      producer.flush();
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(labels()).singleElement()
          .satisfies(label -> assertThat(label.getCorrect()).isTrue()));
    }
  }

  private JudgeApp judge() {
    JudgeApp judge = new JudgeApp(JudgeConfig.of(platform.bootstrapServers(), platform.registryUrl())
        .with(Map.of("wait", "PT1S", "batch", "4")), model, Clock.systemUTC());
    judge.start();
    return judge;
  }

  private void reference(String item, boolean answerable) {
    send(Topics.REFERENCES, item, bytes(Topics.REFERENCES, Reference.newBuilder().setAnswers(List.of("Lima"))
        .setAnswerable(answerable).setSource("test").setText("What is the capital of Peru?").setRecordedAt(AT).build()));
  }

  private int asks;

  private void answer(String item, String candidate, Decision decision) {
    send(Topics.ANSWERS, item, bytes(Topics.ANSWERS, Answer.newBuilder().setAnswerId(item + "~" + asks++)
        .setAskId("a").setCandidate(candidate).setDecision(decision).setReason("none").setEstimator("e")
        .setModelVersion("base").setModelDigest("d").setPolicyVersion("p").setAskedAt(AT).setAnsweredAt(AT).build()));
  }

  private void send(Topic<?> topic, String key, byte[] value) {
    producer.send(new ProducerRecord<>(topic.name(), key.getBytes(StandardCharsets.UTF_8), value));
  }

  private <V extends SpecificRecord> byte[] bytes(Topic<V> topic, V value) {
    return AvroSerdes.of(topic, Map.of(RegistryConfig.URL, platform.registryUrl())).serializer().serialize(topic.name(), value);
  }

  private List<Label> labels() {
    return read(Topics.LABELS.name()).stream().map(value ->
        AvroSerdes.of(Topics.LABELS, Map.of(RegistryConfig.URL, platform.registryUrl())).deserializer()
            .deserialize(Topics.LABELS.name(), value)).toList();
  }

  private List<byte[]> read(String topic) {
    List<byte[]> values = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Clients.at(platform.bootstrapServers()).reader(),
        new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
          .map(info -> new TopicPartition(topic, info.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
      }
    }
    return values;
  }
}
