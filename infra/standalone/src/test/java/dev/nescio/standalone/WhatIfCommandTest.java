package dev.nescio.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.broker.BrokerConfig;
import dev.nescio.broker.EmbeddedBroker;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Evidence;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.LabelAction;
import dev.nescio.schemas.LabelSource;
import dev.nescio.schemas.RawScore;
import dev.nescio.schemas.ScoreKind;
import dev.nescio.schemas.TokenEvidence;
import dev.nescio.schemas.registry.EmbeddedRegistry;
import dev.nescio.schemas.registry.RegistryConfig;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.TopicPlan;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WhatIfCommandTest {

  private static final Instant START = Instant.parse("2026-01-05T12:00:00Z");

  @TempDir private Path directory;

  @Test
  void decidesRecordedAnswersAnewUnderAnotherEstimatorFromTheirEvidence() throws Exception {
    Path policy = Files.writeString(directory.resolve("policy.json"),
        "{\"estimator\": \"min-token-probability\", \"thresholdScore\": \"ONE_MINUS_CONFIDENCE\", \"alpha\": 0.2,"
            + " \"minLabels\": 40}");
    try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerConfig(directory.resolve("broker"), 0));
        EmbeddedRegistry registry = EmbeddedRegistry.start(0, directory.resolve("registry.jsonl"))) {
      try (Admin admin = Admin.create(Clients.at(broker.bootstrapServers()).admin())) {
        TopicPlan.apply(admin, 2, (short) 1);
      }
      fill(broker.bootstrapServers(), registry.url());
      Object[] where = {"--bootstrap-servers", broker.bootstrapServers(), "--registry", registry.url()};

      Ran text = Ran.nescio("what-if", "--policy", policy, where[0], where[1], where[2], where[3]);
      assertThat(text.code()).as(text.err()).isZero();
      assertThat(text.out()).contains("200 labelled of 200 answers; 0 without a score of min-token-probability")
          .containsPattern("a_fpr:grader=lenient +0\\.0000 .* 0\\.\\d{4}").contains("flagged above (1 - confidence)");

      Path output = directory.resolve("result.json");
      Ran json = Ran.nescio("what-if", "--policy", policy, "--format", "json", "--output", output, "--from",
          START.plusSeconds(100), "--to", START.plusSeconds(150), where[0], where[1], where[2], where[3]);
      assertThat(json.code()).as(json.err()).isZero();
      JsonNode result = new ObjectMapper().readTree(Files.readString(output));
      assertThat(result.get("answers").asInt()).isEqualTo(50);
      assertThat(result.at("/happened/coverage/value").asDouble()).isEqualTo(1.0);
      assertThat(result.get("curve")).isNotEmpty();
      saysWhatThereIsNot(policy, where);
    }
  }

  private void saysWhatThereIsNot(Path policy, Object[] where) throws Exception {
    assertThat(whatIf(policy, where, "--from", "2026-02-01").err())
        .contains("no labelled answers between 2026-02-01T00:00:00Z and", "(0 answers, 0 without a label)");
    assertThat(whatIf(policy, where, "--to", "2026-01-05").err()).contains("(0 answers");
    assertThat(whatIf(policy, where, "--model-version", "other").err()).contains("(0 answers");
    assertThat(whatIf(policy, where, "--from", "2026-01-06", "--to", "2026-01-05").err())
        .contains("--from 2026-01-06T00:00:00Z is not before --to 2026-01-05T00:00:00Z");
    assertThat(whatIf(policy, where, "--from", "yesterday").err()).contains("a day like 2026-01-31, not \"yesterday\"");
    Path unknown = Files.writeString(directory.resolve("unknown.json"), "{\"estimator\": \"vibes\"}");
    assertThat(whatIf(unknown, where).err())
        .contains("no answer has a score of \"vibes\"", "scores of [sequence-probability] were recorded");
    try (Admin admin = Admin.create(Clients.at(where[1].toString()).admin())) {
      admin.deleteTopics(List.of(Topics.LABELS.name())).all().get();
    }
    Ran absent = whatIf(policy, where);
    assertThat(absent.code()).isEqualTo(1);
    assertThat(absent.err()).contains("there is no topic qa.labels.v1 at " + where[1], "topics apply");
  }

  private static Ran whatIf(Path policy, Object[] where, Object... more) {
    return Ran.nescio(Stream.of(new Object[] {"what-if", "--policy", policy}, where, more).flatMap(Arrays::stream)
        .toArray());
  }

  private static Answer.Builder answer(String item, Instant at) {
    return Answer.newBuilder().setAnswerId(item + "~0").setAskId("a")
        .setCandidate("x").setDecision(Decision.ANSWER).setReason("no-threshold").setConfidence(0.5)
        .setEstimator("sequence-probability")
        .setScores(Map.of("sequence-probability", new RawScore(-1.0, ScoreKind.UNBOUNDED, null)))
        .setModelVersion("base").setModelDigest("d").setPolicyVersion("p").setAskedAt(at).setAnsweredAt(at);
  }

  @Test
  void saysWhatIsWrongWithAPolicy() throws Exception {
    Path file = directory.resolve("policy.json");
    assertThat(Ran.nescio("what-if", "--policy", file).err()).contains("there is no policy file " + file);
    Files.writeString(file, "{\"estimator\": \"e\", \"alfa\": 1}");
    Ran unknown = Ran.nescio("what-if", "--policy", file);
    assertThat(unknown.code()).isEqualTo(1);
    assertThat(unknown.err()).contains("unknown key \"alfa\"", "alpha");
    Files.writeString(file, "{\"estimator\": \"e\", \"alpha\": 2}");
    assertThat(Ran.nescio("what-if", "--policy", file).err()).contains("alpha is between 0 and 1");
    assertThat(Ran.nescio("what-if").code()).isEqualTo(2);
  }

  private static void fill(String servers, String registry) {
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Clients.at(servers).producer(),
        new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < 200; i++) {
        boolean correct = i % 3 != 0;
        String item = "item-" + i;
        Instant at = START.plusSeconds(i);
        send(producer, registry, Topics.ANSWERS, item, answer(item, at).build());
        send(producer, registry, Topics.EVIDENCE, item, Evidence.newBuilder().setAnswerId(item + "~0")
            .setTokens(List.of(new TokenEvidence(1, "x", correct ? -0.1 - i / 1e4 : -2.0 + i / 1e4, 1.0, 0.5, List.of())))
            .setRecordedAt(at).build());
        send(producer, registry, Topics.LABELS, item, Label.newBuilder().setLabelId("l" + i).setAnswerId(item + "~0")
            .setAction(LabelAction.ASSERT).setCorrect(correct).setSource(LabelSource.PERSON).setPrincipal("ann")
            .setLabelledAt(at.plusSeconds(5)).build());
      }
    }
  }

  private static <V extends SpecificRecord> void send(
      KafkaProducer<byte[], byte[]> producer, String registry, Topic<V> topic, String key, V value) {
    byte[] bytes = AvroSerdes.of(topic, Map.of(RegistryConfig.URL, registry)).serializer().serialize(topic.name(), value);
    producer.send(new ProducerRecord<>(topic.name(), key.getBytes(StandardCharsets.UTF_8), bytes));
  }
}
