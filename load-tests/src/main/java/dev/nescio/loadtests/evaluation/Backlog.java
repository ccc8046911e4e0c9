package dev.nescio.loadtests.evaluation;

import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/** Fills the topics of a broker with a {@link Storm}, and says how far a consumer group is with them. */
final class Backlog {

  private final String bootstrapServers;
  private final RegistryClient registry;
  private final Clients clients;

  Backlog(String bootstrapServers, RegistryClient registry) {
    this.bootstrapServers = bootstrapServers;
    this.registry = registry;
    this.clients = Clients.at(bootstrapServers);
  }

  /** Sends the events in their order and returns when all are acknowledged. */
  void fill(Storm storm, int[] events) {
    Properties properties = new Properties();
    properties.putAll(clients.producer());
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 20);
    properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 1 << 18);
    Serializer<Answer> answers = AvroSerdes.of(Topics.ANSWERS, registry).serializer();
    Serializer<Label> labels = AvroSerdes.of(Topics.LABELS, registry).serializer();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int event : events) {
        byte[] key = Storm.key(event).getBytes(StandardCharsets.UTF_8);
        if (Storm.kind(event) == Storm.Kind.ANSWER) {
          producer.send(new ProducerRecord<>(Topics.ANSWERS.name(), key,
              answers.serialize(Topics.ANSWERS.name(), storm.answer(Storm.answerOf(event)))));
        } else {
          producer.send(new ProducerRecord<>(Topics.LABELS.name(), key,
              labels.serialize(Topics.LABELS.name(), storm.label(event))));
        }
      }
      producer.flush();
    }
  }

  /**
   * True when the group has committed everything that it reads, internal topics included. The last transaction marker
   * of a partition may stand after what is committed.
   */
  boolean done(Admin admin, String group) throws InterruptedException, ExecutionException {
    Map<TopicPartition, OffsetAndMetadata> committed =
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    List<String> inputs = List.of(Topics.ANSWERS.name(), Topics.LABELS.name());
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    for (String topic : inputs) {
      admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions()
          .forEach(info -> asked.put(new TopicPartition(topic, info.partition()), OffsetSpec.latest()));
    }
    committed.keySet().forEach(partition -> asked.put(partition, OffsetSpec.latest()));
    var ends = admin.listOffsets(asked).all().get();
    return ends.entrySet().stream().allMatch(end -> {
      OffsetAndMetadata at = committed.get(end.getKey());
      long behind = end.getValue().offset() - (at == null ? 0 : at.offset());
      return behind <= (inputs.contains(end.getKey().topic()) ? 0 : 2);
    });
  }

  /** Records of the input topics that the group has committed. */
  long read(Admin admin, String group) throws InterruptedException, ExecutionException {
    return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().entrySet().stream()
        .filter(at -> at.getKey().topic().equals(Topics.ANSWERS.name())
            || at.getKey().topic().equals(Topics.LABELS.name()))
        .mapToLong(at -> at.getValue() == null ? 0 : at.getValue().offset()).sum();
  }

  /** Every committed record of a topic. */
  <V extends SpecificRecord> List<V> read(Topic<V> topic) {
    Deserializer<V> values = AvroSerdes.of(topic, registry).deserializer();
    List<V> all = new ArrayList<>();
    each(topic.name(), record -> all.add(values.deserialize(topic.name(), record.value())));
    return all;
  }

  /** Every committed record of a topic, as bytes. */
  void each(String topic, Consumer<ConsumerRecord<byte[], byte[]>> records) {
    Properties properties = new Properties();
    properties.putAll(clients.reader());
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
          .map(info -> new TopicPartition(topic, info.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
        consumer.poll(Duration.ofMillis(200)).forEach(records);
      }
    }
  }

  String bootstrapServers() {
    return bootstrapServers;
  }
}
