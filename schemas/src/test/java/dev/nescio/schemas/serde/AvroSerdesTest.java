package dev.nescio.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Question;
import dev.nescio.schemas.QuestionOptions;
import dev.nescio.schemas.RawScore;
import dev.nescio.schemas.ScoreKind;
import dev.nescio.schemas.registry.EmbeddedRegistry;
import dev.nescio.schemas.registry.HttpRegistryClient;
import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.registry.RegistryConfig;
import dev.nescio.schemas.registry.RegistryException;
import dev.nescio.schemas.registry.RegistryUnavailableException;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.Topics;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AvroSerdesTest {

  private static final Instant AT = Instant.parse("2026-11-22T10:15:30.123456Z");

  @TempDir
  static Path directory;
  private static EmbeddedRegistry registry;
  private static RegistryClient client;

  @BeforeAll
  static void start() {
    registry = EmbeddedRegistry.start(0, directory.resolve("schemas.jsonl"));
    client = new HttpRegistryClient(RegistryConfig.at(registry.url()));
  }

  @AfterAll
  static void stop() {
    client.close();
    registry.close();
  }

  @Test
  void writesConfluentsHeaderAndReadsTheSameRecord() {
    Question question = question("What is the capital of Peru?");
    try (Serde<Question> serde = AvroSerdes.of(Topics.QUESTIONS, Map.of("schema.registry.url", registry.url()))) {
      byte[] bytes = serde.serializer().serialize("qa.questions.v1", question);

      assertThat(bytes[0]).isZero();
      assertThat(client.schemaById(ByteBuffer.wrap(bytes).getInt(1)).getFullName())
          .isEqualTo("dev.nescio.schemas.Question");
      // The first field follows at once: zig-zag length 28 is 56, then the text.
      assertThat(bytes[5]).isEqualTo((byte) 56);
      assertThat(serde.deserializer().deserialize("qa.questions.v1", bytes)).isEqualTo(question);
    }
  }

  @Test
  void registersSchemasWithoutJavaAnnotations() {
    AvroSerdes.of(Topics.QUESTIONS, client).serializer().serialize("qa.questions.v1", question("a"));

    assertThat(client.latest("qa.questions.v1-value").orElseThrow().schema().toString())
        .doesNotContain("avro.java.string").contains("timestamp-micros");
  }

  @Test
  void keepsNestedRecordsMapsAndEnums() {
    Answer answer = Answer.newBuilder().setAnswerId("q~1").setAskId("a").setCandidate("Lima")
        .setDecision(Decision.ANSWER).setReason("r").setConfidence(0.5).setEstimator("e")
        .setScores(Map.of("e", new RawScore(-0.25, ScoreKind.UNBOUNDED, null)))
        .setModelVersion("base").setModelDigest("d").setPolicyVersion("p").setAskedAt(AT).setAnsweredAt(AT).build();

    assertThat(roundTrip(Topics.ANSWERS, answer)).isEqualTo(answer);
  }

  @Test
  void nullStaysNull() {
    Serde<Question> serde = AvroSerdes.of(Topics.QUESTIONS, client);
    assertThat(serde.serializer().serialize("qa.questions.v1", null)).isNull();
    assertThat(serde.deserializer().deserialize("qa.questions.v1", null)).isNull();
  }

  @Test
  void readsWhatAnOlderVersionWrote() throws Exception {
    String old = """
        {"type":"record","name":"Question","namespace":"dev.nescio.schemas","fields":[
          {"name":"text","type":"string"},{"name":"askId","type":"string"},
          {"name":"gone","type":{"type":"array","items":"string"},"default":[]},
          {"name":"askedAt","type":{"type":"long","logicalType":"timestamp-micros"}}]}""";
    int id = client.register("older-value", new Schema.Parser().parse(old));
    // text "hi", askId "a", no items, askedAt 1 microsecond
    byte[] bytes = ByteBuffer.allocate(12).put((byte) 0).putInt(id)
        .put(new byte[] {4, 'h', 'i', 2, 'a', 0, 2}).array();
    Question read = new ConfluentAvroDeserializer<>(Question.class, client).deserialize("older", bytes);

    assertThat(read.getText()).isEqualTo("hi");
    assertThat(read.getTenant()).isEqualTo("default");
    assertThat(read.getOptions()).isEqualTo(new QuestionOptions("champion", 32, 0L));
    assertThat(read.getAskedAt()).isEqualTo(Instant.EPOCH.plusNanos(1000));
  }

  @Test
  void withoutAutoRegistrationAnUnknownSchemaIsRefusedWithTheWayOut() {
    Map<String, String> config =
        Map.of("schema.registry.url", registry.url(), "auto.register.schemas", "false");
    try (ConfluentAvroSerializer<Question> serializer = new ConfluentAvroSerializer<>()) {
      serializer.configure(config, false);
      assertThatThrownBy(() -> serializer.serialize("nobody", question("a"))).isInstanceOf(RegistryException.class)
          .hasMessageContaining("nobody-value").hasMessageContaining("auto.register.schemas");
      client.register("somebody-value", Question.getClassSchema());
      assertThat(serializer.serialize("somebody", question("a"))).isNotEmpty();
    }
  }

  @Test
  void writesInTheNewestVersionWhenAsked() {
    Schema newest = new Schema.Parser().parse("""
        {"type":"record","name":"Question","namespace":"dev.nescio.schemas","fields":[
          {"name":"extra","type":"int","default":7},{"name":"text","type":"string"}]}""");
    int id = client.register("newest-value", newest);
    try (ConfluentAvroSerializer<Question> serializer = new ConfluentAvroSerializer<>()) {
      serializer.configure(Map.of("schema.registry.url", registry.url(), "use.latest.version", true), false);
      assertThat(serializer.serialize("newest", question("hi")))
          .isEqualTo(ByteBuffer.allocate(9).put((byte) 0).putInt(id).put(new byte[] {14, 4, 'h', 'i'}).array());
    }
  }

  @Test
  void saysWhatIsWrongWithForeignBytes() {
    ConfluentAvroDeserializer<Question> deserializer = new ConfluentAvroDeserializer<>(Question.class, client);
    byte[] good = AvroSerdes.of(Topics.QUESTIONS, client).serializer().serialize("t", question("text"));

    undecodable(deserializer, "plain text".getBytes(), "no Confluent header");
    undecodable(deserializer, new byte[0], "no Confluent header");
    undecodable(deserializer, new byte[] {0, 0, 1, 0, 0, 1}, "schema id 65536");
    undecodable(deserializer, Arrays.copyOf(good, good.length - 1), "schema id");
    undecodable(deserializer, Arrays.copyOf(good, good.length + 1), "1 bytes follow the record");
    undecodable(deserializer, new byte[(1 << 20) + 1], "more than 1048576");
  }

  @Test
  void aSilentRegistryIsNotTheRecordsFault() {
    ConfluentAvroDeserializer<Question> deserializer = new ConfluentAvroDeserializer<>();
    deserializer.configure(Map.of("schema.registry.url", "http://127.0.0.1:1"), false);
    assertThatThrownBy(() -> deserializer.deserialize("t", new byte[] {0, 0, 0, 0, 1, 0}))
        .isInstanceOf(RegistryUnavailableException.class);
  }

  @Test
  void anyDamageIsATypedFailure() {
    ConfluentAvroDeserializer<Question> deserializer = new ConfluentAvroDeserializer<>(Question.class, client);
    byte[] good = AvroSerdes.of(Topics.QUESTIONS, client).serializer().serialize("t", question("What?"));
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = good.clone();
      for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
        damaged[random.nextInt(5, damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        deserializer.deserialize("t", damaged);
      } catch (UndecodableRecordException e) {
        assertThat(e).hasMessageContaining("Undecodable record on t");
      }
    }
  }

  @Test
  void kafkaFindsTheClassByTheWritersName() {
    try (ConfluentAvroDeserializer<Question> deserializer = new ConfluentAvroDeserializer<>()) {
      deserializer.configure(Map.of("schema.registry.url", registry.url()), false);
      byte[] bytes = AvroSerdes.of(Topics.QUESTIONS, client).serializer().serialize("t", question("a"));
      assertThat(deserializer.deserialize("t", bytes)).isInstanceOf(Question.class);
    }
  }

  @Test
  void everyTopicRoundTripsARandomRecord() {
    for (Topic<?> topic : Topics.AVRO) {
      for (int seed = 0; seed < 20; seed++) {
        randomRoundTrip(topic, seed);
      }
    }
  }

  private static <V extends SpecificRecord> void randomRoundTrip(Topic<V> topic, long seed) {
    V record = topic.type().cast(new RandomRecords(new Random(seed)).next(topic.schema(),
        SpecificData.getForClass(topic.type())));
    assertThat(roundTrip(topic, record)).as(topic.name()).isEqualTo(record);
  }

  private static <V extends SpecificRecord> V roundTrip(Topic<V> topic, V record) {
    Serde<V> serde = AvroSerdes.of(topic, client);
    return serde.deserializer().deserialize(topic.name(), serde.serializer().serialize(topic.name(), record));
  }

  private static void undecodable(ConfluentAvroDeserializer<?> deserializer, byte[] bytes, String why) {
    assertThatThrownBy(() -> deserializer.deserialize("t", bytes)).isInstanceOf(UndecodableRecordException.class)
        .hasMessageContaining(why);
  }

  private static Question question(String text) {
    return Question.newBuilder().setText(text).setAskId("ask-1").setAskedAt(AT).build();
  }
}
