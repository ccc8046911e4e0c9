package dev.nescio.evaluation;

import dev.nescio.schemas.Accounting;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.Calibrator;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.MetricValue;
import dev.nescio.schemas.Policy;
import dev.nescio.schemas.Reference;
import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Keys;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** The topology on Kafka's test driver, with typed ends. */
final class TestPipe implements AutoCloseable {

  static final Instant START = Instant.parse("2026-01-05T12:00:00Z");

  private static final Path STATE_DIRECTORY = Path.of("target", "test-state");

  private final RegistryClient registry = new InMemoryRegistry();
  private final TopologyTestDriver driver;
  private final Map<String, CalibrationSnapshot> live = new LinkedHashMap<>();
  private Accounting accounting;

  TestPipe(Map<String, String> settings, int partitions) {
    EvaluationConfig config =
        EvaluationConfig.of("unused:9092", "http://unused", Path.of("unused"))
            .with(Map.of("refit.pause", "PT0S")).with(settings);
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, STATE_DIRECTORY.resolve(Long.toString(System.nanoTime())).toString());
    driver = new TopologyTestDriver(
        EvaluationTopology.build(config, partitions, registry, () -> 0L), properties, START);
  }

  void answer(String questionId, Answer answer) {
    send(Topics.ANSWERS, questionId, answer);
  }

  void label(String questionId, Label label) {
    send(Topics.LABELS, questionId, label);
  }

  void reference(String questionId, Reference reference) {
    send(Topics.REFERENCES, questionId, reference);
  }

  void policy(Policy policy) {
    send(Topics.POLICIES, Keys.policy(policy.getTenant(), policy.getDomain()), policy);
  }

  /** Calibrators over every tenant and domain. */
  List<Calibrator> calibrators() {
    return read(Topics.CALIBRATORS).stream().filter(calibrator -> calibrator.getTenant().equals("*")).toList();
  }

  <V extends SpecificRecord> void send(Topic<V> topic, String key, V value) {
    sendBytes(topic, key, AvroSerdes.of(topic, registry).serializer().serialize(topic.name(), value));
  }

  void sendBytes(Topic<?> topic, String key, byte[] value) {
    driver.createInputTopic(topic.name(), new StringSerializer(), new ByteArraySerializer()).pipeInput(key, value);
  }

  void send(History.Sent<?> record) {
    sendTyped(record);
  }

  private <V extends SpecificRecord> void sendTyped(History.Sent<V> record) {
    send(record.topic(), record.key(), record.value());
  }

  /** The bytes of a label as they are on the topic. */
  byte[] wire(Label label) {
    return AvroSerdes.of(Topics.LABELS, registry).serializer().serialize(Topics.LABELS.name(), label);
  }

  /** Lets wall-clock time pass, in steps of the emit interval. */
  void pass(Duration duration) {
    driver.advanceWallClockTime(duration);
  }

  /** Enough for differences to cross the repartition topic and be shown. */
  void settle() {
    pass(Duration.ofSeconds(1));
    pass(Duration.ofSeconds(1));
  }

  <V extends SpecificRecord> List<V> read(Topic<V> topic) {
    var output = driver.createOutputTopic(topic.name(), new StringDeserializer(),
        AvroSerdes.of(topic, registry).deserializer());
    return output.isEmpty() ? List.of() : output.readValuesToList();
  }

  List<TestRecord<byte[], byte[]>> deadLetters() {
    var output = driver.createOutputTopic(Topics.DEAD_LETTERS.name(), new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
    return output.isEmpty() ? List.of() : output.readRecordsToList();
  }

  /** The last accounting of the partition. */
  Accounting accounting() {
    read(Topics.ACCOUNTING).forEach(emitted -> accounting = emitted);
    return accounting;
  }

  /** The last snapshot of a window over every tenant, domain and policy of model base. */
  CalibrationSnapshot snapshot(String window) {
    all();
    return live.get("**base*" + window);
  }

  /** The last snapshot of every slice and window. */
  List<CalibrationSnapshot> all() {
    read(Topics.CALIBRATION).forEach(s -> live.put(
        s.getTenant() + s.getDomain() + s.getModelVersion() + s.getPolicyVersion() + s.getWindow(), s));
    return List.copyOf(live.values());
  }

  static MetricValue metric(CalibrationSnapshot snapshot, String prefix) {
    return snapshot.getMetrics().stream().filter(metric -> metric.getName().startsWith(prefix)).findFirst()
        .orElseThrow(() -> new AssertionError("no metric " + prefix + " among "
            + snapshot.getMetrics().stream().map(MetricValue::getName).toList()));
  }

  @Override
  public void close() {
    driver.close();
  }
}
