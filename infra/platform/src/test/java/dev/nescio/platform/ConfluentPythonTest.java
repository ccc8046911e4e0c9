package dev.nescio.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Question;
import dev.nescio.schemas.QuestionOptions;
import dev.nescio.schemas.RawScore;
import dev.nescio.schemas.ScoreKind;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.Partitioning;
import dev.nescio.schemas.topics.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Confluent's Python client (a peer that shares no code with us) calls the registry, writes questions that we read,
 * and reads an answer that we wrote. Runs where system property {@code nescio.wire.python} names a Python that has
 * {@code confluent-kafka[avro,schemaregistry]}; {@code .ci/wire-compat} makes one.
 */
@OnEachPlatform
class ConfluentPythonTest {

  private static final String PYTHON = "nescio.wire.python";
  private static final String SKIPPED = "SKIPPED ConfluentPythonTest: system property " + PYTHON
      + " names no Python with confluent-kafka; run .ci/wire-compat";
  private static final Logger LOG = LoggerFactory.getLogger(ConfluentPythonTest.class);
  private static final int PARTITIONS = 4;
  private static final Instant AT = Instant.parse("2026-11-22T10:00:00.123456Z");

  @TempDir
  private Path directory;
  @Parameter
  private PlatformKind kind;

  @Test
  void confluentsClientAndOursUnderstandEachOther() throws Exception {
    String python = System.getProperty(PYTHON, "");
    if (python.isEmpty()) {
      LOG.warn(SKIPPED);
    }
    assumeTrue(!python.isEmpty(), SKIPPED);
    try (Platform platform = kind.start(directory)) {
      platform.createTopics(PARTITIONS);
      Clients clients = Clients.at(platform.bootstrapServers());
      Map<String, String> config = Map.of("schema.registry.url", platform.registryUrl());
      writeAnswer(clients, config);

      JsonNode seen = run(python, platform.bootstrapServers(), platform.registryUrl());

      assertThat(seen.path("key").asText()).isEqualTo("q");
      JsonNode answer = seen.path("value");
      assertThat(answer.path("candidate").asText()).isEqualTo("größer");
      assertThat(answer.path("decision").asText()).isEqualTo("IDK");
      assertThat(answer.path("confidence").asDouble()).isEqualTo(0.123456789);
      assertThat(answer.path("scores").path("e").path("value").asDouble()).isEqualTo(-1.5);
      assertThat(answer.path("answeredAt").asText()).isEqualTo("2026-11-22T10:00:00.123456+00:00");
      checkQuestions(readQuestions(clients, config));
    }
  }

  private static void checkQuestions(List<ConsumerRecord<String, Question>> read) {
    assertThat(read).hasSize(80);
    for (ConsumerRecord<String, Question> record : read) {
      Question question = record.value();
      assertThat(question.getText()).isEqualTo("Frage " + record.key().substring(5) + ": größte Stadt?");
      assertThat(question.getAskedAt()).isEqualTo(AT);
      assertThat(question.getChoices()).containsExactly("Lima", "Cusco");
      assertThat(question.getOptions()).isEqualTo(new QuestionOptions("champion", 8, 5L));
      assertThat(question.getAttributes()).containsEntry("client", "confluent-kafka");
    }
    assertThat(read).filteredOn(r -> r.value().getAskId().equals("murmur2")).hasSize(40).allMatch(
        r -> r.partition() == Partitioning.expectedPartition(r.key(), PARTITIONS));
    assertThat(read).as("librdkafka's default partitioner is recognised").anyMatch(
        r -> r.partition() != Partitioning.expectedPartition(r.key(), PARTITIONS));
  }

  private static void writeAnswer(Clients clients, Map<String, String> config) throws Exception {
    Answer answer = Answer.newBuilder().setAnswerId("q~1").setAskId("a").setCandidate("größer")
        .setDecision(Decision.IDK).setReason("r").setConfidence(0.123456789).setEstimator("e")
        .setScores(Map.of("e", new RawScore(-1.5, ScoreKind.UNBOUNDED, null)))
        .setModelVersion("base").setModelDigest("d").setPolicyVersion("p").setAskedAt(AT).setAnsweredAt(AT).build();
    try (KafkaProducer<String, Answer> producer = new KafkaProducer<>(clients.transactionalProducer("wire"),
        new StringSerializer(), AvroSerdes.of(Topics.ANSWERS, config).serializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(Topics.ANSWERS.name(), "q", answer)).get();
      producer.commitTransaction();
    }
  }

  private static List<ConsumerRecord<String, Question>> readQuestions(Clients clients, Map<String, String> config) {
    List<ConsumerRecord<String, Question>> records = new ArrayList<>();
    try (KafkaConsumer<String, Question> consumer = new KafkaConsumer<>(clients.reader(), new StringDeserializer(),
        AvroSerdes.of(Topics.QUESTIONS, config).deserializer())) {
      List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
          .mapToObj(p -> new TopicPartition(Topics.QUESTIONS.name(), p)).toList();
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
    }
    return records;
  }

  private JsonNode run(String python, String bootstrapServers, String registryUrl) throws Exception {
    Path out = directory.resolve("python.json");
    Path error = directory.resolve("python.txt");
    Process process = new ProcessBuilder(python, "src/test/python/confluent_client.py", bootstrapServers, registryUrl,
        "../../schemas/src/main/released/v1/Question.avsc").redirectOutput(out.toFile()).redirectError(error.toFile()).start();
    boolean ended = process.waitFor(180, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(ended && process.exitValue() == 0).as(Files.readString(error)).isTrue();
    return new ObjectMapper().readTree(Files.readString(out));
  }
}
