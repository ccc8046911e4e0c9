package dev.nescio.inference;

import dev.nescio.platform.PlatformKind;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Question;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.TopicSpec;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A real broker and registry with all topics, and hands to write and read them. */
final class Platform implements AutoCloseable {

  static final int PARTITIONS = 4;

  private final dev.nescio.platform.Platform servers;
  private final Admin admin;
  private final KafkaProducer<byte[], byte[]> producer;

  private Platform(dev.nescio.platform.Platform servers) {
    this.servers = servers;
    servers.createTopics(PARTITIONS);
    Clients clients = Clients.at(servers.bootstrapServers());
    admin = Admin.create(clients.admin());
    producer = new KafkaProducer<>(clients.producer(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  static Platform start(Path directory) {
    return start(PlatformKind.EMBEDDED, directory);
  }

  static Platform start(PlatformKind kind, Path directory) {
    return new Platform(kind.start(directory));
  }

  String bootstrapServers() {
    return servers.bootstrapServers();
  }

  /** Stops the broker and starts it again on the same port and log. */
  void restartBroker(Runnable meanwhile) {
    servers.restartBroker(meanwhile);
  }

  String registryUrl() {
    return servers.registryUrl();
  }

  Admin admin() {
    return admin;
  }

  /** A new group, so that nothing of another test matters. */
  InferenceConfig config(Map<String, String> overrides) {
    Map<String, String> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrapServers());
    settings.put("registry.schema.registry.url", registryUrl());
    settings.put("group", "group-" + UUID.randomUUID());
    settings.putAll(overrides);
    return InferenceConfig.of(settings);
  }

  /** Removes all records. */
  void clear() throws Exception {
    Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
    for (TopicSpec spec : Topics.ALL) {
      // A compacted topic refuses to be cut; its tests use models and tenants of their own.
      if (spec.cleanup() == TopicSpec.Cleanup.COMPACT) continue;
      for (TopicPartition partition : partitions(spec.name())) all.put(partition, RecordsToDelete.beforeOffset(-1));
    }
    admin.deleteRecords(all).all().get();
  }

  /** Questions {@code q0, q1, ...} with askIds {@code ask0, ask1, ...}, each about a word of its own. */
  void askWords(int count) {
    String topic = Topics.QUESTIONS.name();
    try (var serde = AvroSerdes.of(Topics.QUESTIONS, Map.of("schema.registry.url", registryUrl()))) {
      for (int i = 0; i < count; i++) {
        byte[] value = serde.serializer().serialize(topic, Records.question("word" + i, "ask" + i));
        producer.send(new ProducerRecord<>(topic, ("q" + i).getBytes(StandardCharsets.UTF_8), value));
      }
    }
    producer.flush();
  }

  void ask(String questionId, Question question) {
    publish(Topics.QUESTIONS, questionId, question);
  }

  <V extends SpecificRecord> void publish(Topic<V> topic, String key, V value) {
    send(new ProducerRecord<>(topic.name(), key.getBytes(StandardCharsets.UTF_8), bytes(topic, value)));
  }

  <V extends SpecificRecord> byte[] bytes(Topic<V> topic, V value) {
    try (var serde = AvroSerdes.of(topic, Map.of("schema.registry.url", registryUrl()))) {
      return serde.serializer().serialize(topic.name(), value);
    }
  }

  void send(ProducerRecord<byte[], byte[]> record) {
    try {
      producer.send(record).get();
    } catch (Exception e) {
      throw new IllegalStateException("cannot write " + record.topic(), e);
    }
  }

  List<Answer> answers() {
    return read(Topics.ANSWERS);
  }

  <V extends SpecificRecord> List<V> read(Topic<V> topic) {
    try (var serde = AvroSerdes.of(topic, Map.of("schema.registry.url", registryUrl()))) {
      return records(topic.name()).stream()
          .map(r -> serde.deserializer().deserialize(topic.name(), r.value()))
          .toList();
    }
  }

  /** All committed records of a topic. */
  List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    Map<String, Object> settings = Clients.at(bootstrapServers()).reader();
    try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = partitions(topic);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        consumer.poll(Duration.ofMillis(50)).forEach(all::add);
      }
      return all;
    }
  }

  List<TopicPartition> partitions(String topic) {
    try {
      return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().stream()
          .map(p -> new TopicPartition(topic, p.partition()))
          .toList();
    } catch (Exception e) {
      throw new IllegalStateException("cannot describe " + topic, e);
    }
  }

  @Override
  public void close() {
    producer.close();
    admin.close();
    servers.close();
  }
}
