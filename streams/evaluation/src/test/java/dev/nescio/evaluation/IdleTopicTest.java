package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.nescio.broker.BrokerConfig;
import dev.nescio.broker.EmbeddedBroker;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.registry.EmbeddedRegistry;
import dev.nescio.schemas.registry.RegistryConfig;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.TopicPlan;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real broker on which nothing more happens: the wall clock alone closes a pane, so this takes up to a minute. */
class IdleTopicTest {

  @TempDir private Path directory;

  @Test
  void aPaneIsFinalFiveSecondsAfterItsGraceThoughNothingElseComes() {
    try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerConfig(directory.resolve("broker"), 0));
        EmbeddedRegistry registry = EmbeddedRegistry.start(0, directory.resolve("registry.jsonl"));
        Admin admin = Admin.create(Clients.at(broker.bootstrapServers()).admin())) {
      TopicPlan.apply(admin, 1, (short) 1);
      EvaluationConfig config =
          EvaluationConfig.of(broker.bootstrapServers(), registry.url(), directory.resolve("state"));
      try (EvaluationApp app = EvaluationApp.start(config)) {
        await().atMost(Duration.ofMinutes(2)).until(app::ready);
        Map<String, String> serde = Map.of(RegistryConfig.URL, registry.url());
        Instant now = Instant.now();
        Answer answer = Records.answer("q", "1", "Lima", now).build();
        Label label = Records.label("l", "q~1", true, now).build();
        send(broker, serde, Topics.ANSWERS, answer);
        send(broker, serde, Topics.LABELS, label);
        assertClosed(broker, serde, config.paneGrace());
      }
    }
  }

  private static void assertClosed(EmbeddedBroker broker, Map<String, String> serde, Duration grace) {
    try (KafkaConsumer<byte[], byte[]> history = new KafkaConsumer<>(Clients.at(broker.bootstrapServers()).reader(),
            new ByteArrayDeserializer(), new ByteArrayDeserializer());
        Deserializer<CalibrationSnapshot> panes = AvroSerdes.of(Topics.CALIBRATION_HISTORY, serde).deserializer()) {
      history.assign(List.of(new TopicPartition(Topics.CALIBRATION_HISTORY.name(), 0)));
      Instant end = Instant.now().plus(Duration.ofMinutes(4));
      Duration stall = Duration.ZERO;
      Instant last = Instant.now();
      while (Instant.now().isBefore(end)) {
        Iterable<ConsumerRecord<byte[], byte[]>> found = history.poll(Duration.ofMillis(100));
        Instant seen = Instant.now();
        // What this loop was late by, on a machine that does other things too, evaluation was late by as well.
        Duration round = Duration.between(last, seen);
        last = seen;
        if (round.compareTo(stall) > 0) stall = round;
        for (ConsumerRecord<byte[], byte[]> record : found) {
          CalibrationSnapshot pane = panes.deserialize(record.topic(), record.value());
          assertThat(pane.getWindow()).isEqualTo("pane");
          assertThat(pane.getCounts()).containsEntry("answers", 1L).containsEntry("correct", 1L);
          assertThat(seen).isAfter(pane.getWindowEnd().plus(grace))
              .isBefore(pane.getWindowEnd().plus(grace).plusSeconds(5).plus(stall.multipliedBy(3)));
          return;
        }
      }
      throw new AssertionError("no pane was closed within four minutes");
    }
  }

  private static <V extends SpecificRecord> void send(
      EmbeddedBroker broker, Map<String, String> serde, Topic<V> topic, V value) {
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
        Clients.at(broker.bootstrapServers()).producer(), new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic.name(), "q".getBytes(StandardCharsets.UTF_8),
          AvroSerdes.of(topic, serde).serializer().serialize(topic.name(), value)));
    }
  }
}
