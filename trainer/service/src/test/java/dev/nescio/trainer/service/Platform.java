package dev.nescio.trainer.service;

import dev.nescio.broker.BrokerConfig;
import dev.nescio.broker.EmbeddedBroker;
import dev.nescio.schemas.TrainingRequest;
import dev.nescio.schemas.registry.EmbeddedRegistry;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.TopicPlan;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A real broker and registry with all topics, and hands to write and read them. */
final class Platform implements AutoCloseable {

  static final TopicPartition REQUESTS = new TopicPartition(Topics.TRAINING_REQUESTS.name(), 0);

  private final Path directory;
  private final EmbeddedRegistry registry;
  private final TopicValues values;
  private final Admin admin;
  private final KafkaProducer<byte[], byte[]> producer;
  private EmbeddedBroker broker;

  Platform(Path directory) {
    this.directory = directory;
    broker = EmbeddedBroker.start(new BrokerConfig(directory.resolve("kafka"), 0));
    registry = EmbeddedRegistry.start(0, directory.resolve("schemas.jsonl"));
    values = new TopicValues(registry());
    admin = Admin.create(clients().admin());
    TopicPlan.apply(admin, 2, (short) 1);
    producer = new KafkaProducer<>(clients().producer(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  Clients clients() {
    return Clients.at(broker.bootstrapServers());
  }

  Map<String, String> registry() {
    return Map.of("schema.registry.url", registry.url());
  }

  void stopBroker() {
    broker.close();
  }

  /** On the same port and log. */
  void startBrokerAgain() {
    int port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
    broker = EmbeddedBroker.start(new BrokerConfig(directory.resolve("kafka"), port));
  }

  /** Returns the request's offset. */
  long request(String id) {
    TrainingRequest request =
        TrainingRequest.newBuilder()
            .setRequestId(id).setReason("test").setRequestedBy("test").setRequestedAt(Instant.EPOCH).build();
    return send(values.record(Topics.TRAINING_REQUESTS, id, request));
  }

  long requestBytes(byte[] value) {
    return send(new ProducerRecord<>(REQUESTS.topic(), "k".getBytes(StandardCharsets.UTF_8), value));
  }

  private long send(ProducerRecord<byte[], byte[]> record) {
    try {
      return producer.send(record).get().offset();
    } catch (Exception e) {
      throw new IllegalStateException("cannot write " + record.topic(), e);
    }
  }

  /** Of a member that has not joined; takes no broker. */
  ConsumerGroupMetadata group() {
    Map<String, Object> settings = clients().consumer("nescio-trainer");
    try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      return consumer.groupMetadata();
    }
  }

  /** The offset that the group goes on from; empty before the first commit. */
  Optional<Long> committed() {
    try {
      Map<TopicPartition, OffsetAndMetadata> offsets =
          admin.listConsumerGroupOffsets("nescio-trainer").partitionsToOffsetAndMetadata().get();
      return Optional.ofNullable(offsets.get(REQUESTS)).map(OffsetAndMetadata::offset);
    } catch (Exception e) {
      throw new IllegalStateException("cannot read the group's offsets", e);
    }
  }

  /** All committed values of a topic. */
  <V extends SpecificRecord> List<V> read(Topic<V> topic) {
    return records(topic.name()).stream().map(r -> values.decode(topic, r.value())).toList();
  }

  List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    Map<String, Object> settings = new HashMap<>(clients().reader());
    try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream().map(p -> new TopicPartition(topic, p.partition())).toList();
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

  @Override
  public void close() {
    producer.close();
    admin.close();
    values.close();
    registry.close();
    broker.close();
  }
}
