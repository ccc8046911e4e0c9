package dev.nescio.evaluation;

import dev.nescio.schemas.Alert;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.Topics;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The topology: answers, references and labels into the join; its differences by slice into panes; its labelled
 * answers by calibrator into fits. Every operator and store has a name, so that a new version finds the state of the
 * old one.
 */
public final class EvaluationTopology {

  private EvaluationTopology() {}

  /**
   * Builds it.
   *
   * @param config     settings
   * @param partitions that the keyed input topics share
   * @param registry   shared by all serdes, closed by the caller
   */
  public static Topology build(EvaluationConfig config, int partitions, RegistryClient registry) {
    return build(config, partitions, registry, System::nanoTime);
  }

  /**
   * The same with another clock for how long a turn takes.
   *
   * @param nanos as {@link System#nanoTime}; one that stands still lets every turn show everything
   */
  public static Topology build(EvaluationConfig config, int partitions, RegistryClient registry, LongSupplier nanos) {
    StreamsBuilder builder = new StreamsBuilder();
    Serde<byte[]> bytes = Serdes.ByteArray();
    builder.addGlobalStore(
        Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(PolicyTargets.POLICIES), Serdes.String(),
            Serdes.ByteArray()),
        Topics.POLICIES.name(), Consumed.with(Serdes.String(), bytes).withName("policies-in"),
        () -> new PolicyTargets(registry));
    KStream<String, Outcome> outcomes = builder
        .stream(List.of(Topics.ANSWERS.name(), Topics.REFERENCES.name(), Topics.LABELS.name()),
            Consumed.with(bytes, bytes).withName("inputs"))
        .process(new StoredProcessor<>(() -> new GradeAndJoin(config, new Intake(partitions, config.trust(), registry)),
            uncached(GradeAndJoin.ITEMS), uncached(GradeAndJoin.EVICTIONS), uncached(GradeAndJoin.ACCOUNTS),
            inMemory(GradeAndJoin.WORDS), new BeforeCommit.Builder(GradeAndJoin.BEFORE_COMMIT)),
            Named.as("grade-and-join"));

    to(outcomes, Outcome.Graded.class, "grades", Outcome.Graded::label, Topics.LABELS, registry);
    to(outcomes, Outcome.Matched.class, "examples", Outcome.Matched::example, Topics.EXAMPLES, registry);
    to(outcomes, Outcome.Ledgered.class, "late-labels", Outcome.Ledgered::label, Topics.LATE_LABELS, registry);
    to(outcomes, Outcome.Counted.class, "accounting", Outcome.Counted::accounting, Topics.ACCOUNTING, registry);
    deadLetters(outcomes);

    KStream<String, SpecificRecord> seen =
        repartition(outcomes, Outcome.Changed.class, "slice-deltas", Outcome.Changed::deltas, partitions)
            .process(new StoredProcessor<>(() -> new WindowPanes(config, partitions, nanos),
                store(WindowPanes.PANES), store(WindowPanes.SLICES), store(WindowPanes.ALERTS),
                inMemory(WindowPanes.BUFFER)), Named.as("window-panes"));
    KStream<String, CalibrationSnapshot> snapshots = only(seen, CalibrationSnapshot.class, "snapshots");
    produce(snapshots.filter((key, value) -> !value.getWindow().equals(Snapshots.PANE), Named.as("live-windows")),
        "calibration", Topics.CALIBRATION, registry);
    produce(snapshots.filter((key, value) -> value.getWindow().equals(Snapshots.PANE), Named.as("closed-panes")),
        "calibration-history", Topics.CALIBRATION_HISTORY, registry);

    KStream<String, Alert> alerts = only(seen, Alert.class, "alerts");
    produce(alerts, "alerts", Topics.ALERTS, registry);
    produce(alerts.repartition(Repartitioned.with(Serdes.String(), AvroSerdes.of(Topics.ALERTS, registry))
            .withName("alerts-for-training").withNumberOfPartitions(1))
            .process(new StoredProcessor<>(() -> new TrainingOnAlert(config.alerts()), store(TrainingOnAlert.STORE)),
                Named.as("training-on-alert")),
        "training-requests", Topics.TRAINING_REQUESTS, registry);

    produce(repartition(outcomes, Outcome.Fitted.class, "calibration-points", Outcome.Fitted::points, partitions)
            .process(new StoredProcessor<>(() -> new Recalibration(config, registry),
                uncached(Recalibration.POINTS), store(Recalibration.FITS)), Named.as("recalibration")),
        "calibrators", Topics.CALIBRATORS, registry);
    return builder.build();
  }

  private static <O extends Outcome, V extends SpecificRecord> void to(KStream<String, Outcome> outcomes,
      Class<O> kind, String name, Function<O, V> record, Topic<V> topic, RegistryClient registry) {
    produce(select(outcomes, kind, name).mapValues(record::apply, Named.as(name + "-record")), name, topic, registry);
  }

  private static <V extends SpecificRecord> void produce(
      KStream<String, V> records, String name, Topic<V> topic, RegistryClient registry) {
    records.to(topic.name(), Produced.with(Serdes.String(), AvroSerdes.of(topic, registry)).withName(name + "-out"));
  }

  private static <O extends Outcome> KStream<String, byte[]> repartition(KStream<String, Outcome> outcomes,
      Class<O> kind, String name, Function<O, byte[]> value, int partitions) {
    return select(outcomes, kind, name).mapValues(value::apply, Named.as(name + "-bytes"))
        .repartition(Repartitioned.with(Serdes.String(), Serdes.ByteArray()).withName(name)
            .withNumberOfPartitions(partitions));
  }

  private static void deadLetters(KStream<String, Outcome> outcomes) {
    select(outcomes, Outcome.SetAside.class, "dead-letters")
        .map((key, aside) -> KeyValue.pair(aside.letter().key(), aside), Named.as("dead-letters-key"))
        .processValues(LetterHeaders::new, Named.as("dead-letters-record"))
        .to(Topics.DEAD_LETTERS.name(),
            Produced.with(Serdes.ByteArray(), Serdes.ByteArray()).withName("dead-letters-out"));
  }

  private static <O extends Outcome> KStream<String, O> select(
      KStream<String, Outcome> outcomes, Class<O> kind, String name) {
    return outcomes.filter((key, outcome) -> kind.isInstance(outcome), Named.as(name))
        .mapValues(kind::cast, Named.as(name + "-only"));
  }

  private static <V extends SpecificRecord> KStream<String, V> only(
      KStream<String, SpecificRecord> seen, Class<V> type, String name) {
    return seen.filter((key, record) -> type.isInstance(record), Named.as(name))
        .mapValues(type::cast, Named.as(name + "-only"));
  }

  private static StoreBuilder<?> store(String name) {
    return persistent(name).withCachingEnabled();
  }

  /** For what is written {@linkplain BeforeCommit before each commit}, and for logs. */
  private static StoreBuilder<?> uncached(String name) {
    return persistent(name);
  }

  private static StoreBuilder<?> persistent(String name) {
    return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), Serdes.String(), Serdes.ByteArray());
  }

  /** For what is small: a second's changes, or the words of a partition. The changelog brings it back. */
  private static StoreBuilder<?> inMemory(String name) {
    return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), Serdes.Integer(), Serdes.ByteArray());
  }
}
