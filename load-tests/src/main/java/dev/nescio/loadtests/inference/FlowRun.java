package dev.nescio.loadtests.inference;

import dev.nescio.broker.BrokerConfig;
import dev.nescio.broker.EmbeddedBroker;
import dev.nescio.confidence.Estimators;
import dev.nescio.inference.InferenceApp;
import dev.nescio.inference.InferenceConfig;
import dev.nescio.language.AdaptableModel;
import dev.nescio.loadtests.LoadTestException;
import dev.nescio.producers.QuestionItem;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Question;
import dev.nescio.schemas.QuestionOptions;
import dev.nescio.schemas.registry.EmbeddedRegistry;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.TopicPlan;
import dev.nescio.schemas.topics.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** All questions at once to inference on a broker of its own, until the last committed answer was read. */
final class FlowRun {

  private static final int PARTITIONS = 4;
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final String FIRST = "first";

  private final List<QuestionItem> items;
  private final List<Integer> lengths;
  private final int rows;

  /**
   * What a run came to.
   *
   * @param seconds from the first question to the last answer
   * @param latency seconds to each committed answer from the time its question was published, by place of the question
   */
  record Done(double seconds, List<Double> latency) {}

  /** @param lengths tokens of each answer */
  FlowRun(List<QuestionItem> items, List<Integer> lengths, int rows) {
    this.items = items;
    this.lengths = lengths;
    this.rows = rows;
  }

  Done run(AdaptableModel model, Path directory) {
    try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerConfig(directory.resolve("kafka"), 0));
        EmbeddedRegistry registry = EmbeddedRegistry.start(0, directory.resolve("registry.jsonl"))) {
      Clients clients = Clients.at(broker.bootstrapServers());
      try (Admin admin = Admin.create(clients.admin())) {
        TopicPlan.apply(admin, PARTITIONS, (short) 1);
      }
      Map<String, String> where = Map.of("schema.registry.url", registry.url());
      InferenceConfig config = InferenceConfig.of(Map.of(
          "bootstrap.servers", broker.bootstrapServers(), "registry.schema.registry.url", registry.url(),
          "batch.rows", Integer.toString(rows)));
      try (InferenceApp app = new InferenceApp(config, model, Estimators.all(), InstantSource.system());
          var questions = AvroSerdes.of(Topics.QUESTIONS, where);
          var answers = AvroSerdes.of(Topics.ANSWERS, where);
          var producer =
              new KafkaProducer<>(clients.producer(), new StringSerializer(), questions.serializer());
          var consumer =
              new KafkaConsumer<>(clients.reader(), new StringDeserializer(), answers.deserializer())) {
        consumer.assign(
            consumer.partitionsFor(Topics.ANSWERS.name()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition())).toList());
        app.start();
        producer.send(record(FIRST, items.getFirst(), 1));
        read(consumer, 1);
        return timed(producer, consumer);
      }
    }
  }

  private Done timed(KafkaProducer<String, Question> producer, Consumer<String, Answer> consumer) {
    long start = System.nanoTime();
    for (int i = 0; i < lengths.size(); i++) {
      producer.send(record(Integer.toString(i), items.get(i % items.size()), lengths.get(i)));
    }
    producer.flush();
    Map<String, Long> seen = read(consumer, lengths.size());
    long end = seen.values().stream().mapToLong(Long::longValue).max().orElseThrow();
    List<Double> latency =
        IntStream.range(0, lengths.size())
            .mapToObj(i -> (seen.get(Integer.toString(i)) - start) / 1e9).toList();
    return new Done((end - start) / 1e9, latency);
  }

  /** When each of the next answers was seen, by askId. */
  private static Map<String, Long> read(Consumer<String, Answer> consumer, int count) {
    Map<String, Long> seen = new HashMap<>();
    long deadline = System.nanoTime() + LONGEST.toNanos();
    while (seen.size() < count) {
      if (System.nanoTime() > deadline) {
        throw new LoadTestException(seen.size() + " of " + count + " answers after " + LONGEST);
      }
      consumer.poll(Duration.ofMillis(20)).forEach(record -> {
        if (record.value().getDecision() == Decision.ERROR) {
          throw new LoadTestException("a question failed: " + record.value().getReason());
        }
        seen.put(record.value().getAskId(), System.nanoTime());
      });
    }
    return seen;
  }

  private static ProducerRecord<String, Question> record(String askId, QuestionItem item, int tokens) {
    Question question = Question.newBuilder()
        .setText(item.text()).setAskId(askId).setAskedAt(InstantSource.system().instant())
        .setOptions(new QuestionOptions("champion", tokens, 0L)).build();
    return new ProducerRecord<>(Topics.QUESTIONS.name(), item.questionId(), question);
  }
}
