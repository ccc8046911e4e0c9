package dev.nescio.loadtests.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.evaluation.EvaluationConfig;
import dev.nescio.evaluation.EvaluationTopology;
import dev.nescio.loadtests.evaluation.Storm.Kind;
import dev.nescio.schemas.Accounting;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.registry.EmbeddedRegistry;
import dev.nescio.schemas.registry.HttpRegistryClient;
import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.registry.RegistryConfig;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Keys;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A {@link Storm} through the whole topology, on Kafka's test driver, which commits after every record and is therefore
 * slow; the state alone takes many more in {@code StateStormTest}, and {@link EvaluationBenchmark} does the same on a
 * broker.
 */
class StormTest {

  private static final Instant NOW = Instant.parse("2026-01-05T12:00:00Z");
  private static final int ANSWERS = 600;
  private static final int TURN = 200;
  private static final Duration HORIZON = Duration.ofDays(7);

  @TempDir
  private Path directory;
  private RegistryClient registry;
  private TopologyTestDriver driver;
  private final Map<String, CalibrationSnapshot> shown = new HashMap<>();
  private Accounting accounting;

  @Test
  void endsWhereTheOracleDoesInAnyOrder() throws IOException {
    Storm storm = new Storm(20260105, ANSWERS, NOW);
    StormOracle oracle = new StormOracle(storm, HORIZON);
    int[] events = storm.events();
    try (EmbeddedRegistry server = EmbeddedRegistry.start(0, directory.resolve("registry.jsonl"));
        RegistryClient client = new HttpRegistryClient(RegistryConfig.at(server.url()))) {
      registry = client;
      driver = driver();
      try (TopologyTestDriver closing = driver) {
        TestInputTopic<String, byte[]> answers = input(Topics.ANSWERS);
        TestInputTopic<String, byte[]> labels = input(Topics.LABELS);
        for (int i = 0; i < events.length; i++) {
          int event = events[i];
          if (Storm.kind(event) == Kind.ANSWER) {
            answers.pipeInput(Storm.key(event), bytes(Topics.ANSWERS, storm.answer(Storm.answerOf(event))));
          } else {
            labels.pipeInput(Storm.key(event), bytes(Topics.LABELS, storm.label(event)));
          }
          if (i % TURN == TURN - 1) turn();
        }
        for (int i = 0; i < 3; i++) turn();
      }
    }
    Map<String, Long> classes = new HashMap<>(accounting.getLabels());
    classes.values().removeIf(count -> count == 0);
    assertThat(classes).isEqualTo(oracle.labels());
    assertThat(accounting.getAnswers()).containsAllEntriesOf(oracle.answers());
    assertThat(accounting.getClosed()).isTrue();
    assertThat(shown.keySet()).hasSize(oracle.slices().size());
    shown.forEach((key, snapshot) -> assertThat(oracle.differences(snapshot)).as(key).isEmpty());
  }

  private void turn() {
    driver.advanceWallClockTime(Duration.ofSeconds(1));
    read(Topics.ACCOUNTING, record -> accounting = record);
    read(Topics.CALIBRATION, snapshot -> {
      if (snapshot.getWindow().equals("all")) shown.put(Keys.sliceAndWindow(snapshot), snapshot);
    });
    // The driver keeps what nobody reads, changelogs included.
    for (String topic : driver.producedTopicNames()) {
      driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer()).readRecordsToList();
    }
  }

  private <V extends SpecificRecord> void read(Topic<V> topic, Consumer<V> each) {
    Deserializer<V> values = AvroSerdes.of(topic, registry).deserializer();
    var output = driver.createOutputTopic(topic.name(), new ByteArrayDeserializer(), values);
    if (!output.isEmpty()) output.readValuesToList().forEach(each);
  }

  private TopologyTestDriver driver() throws IOException {
    EvaluationConfig config = EvaluationConfig.of("unused:9092", "http://unused", directory);
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "storm");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, Files.createDirectories(directory.resolve("state")).toString());
    return new TopologyTestDriver(EvaluationTopology.build(config, 1, registry, () -> 0L), properties, NOW);
  }

  private TestInputTopic<String, byte[]> input(Topic<?> topic) {
    return driver.createInputTopic(topic.name(), new StringSerializer(), new ByteArraySerializer());
  }

  private <V extends SpecificRecord> byte[] bytes(Topic<V> topic, V value) {
    return AvroSerdes.of(topic, registry).serializer().serialize(topic.name(), value);
  }
}
