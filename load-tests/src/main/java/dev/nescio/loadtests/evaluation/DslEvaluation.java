package dev.nescio.loadtests.evaluation;

import dev.nescio.metrics.CalibrationSummary;
import dev.nescio.metrics.Observation;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.LabelAction;
import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Keys;
import dev.nescio.schemas.topics.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.StreamJoined;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The same job as one writes it first: answers {@code leftJoin} labels within the horizon, then {@code aggregate} by
 * slice into the same summaries. Written with the care that it deserves: compact values between the operators, one answer
 * an item so that no re-keying is needed. It cannot know that a label repeats, replaces or takes back another.
 */
final class DslEvaluation {

  static final String OUTPUT = "dsl-summaries";

  private static final String ANY = "*";

  private DslEvaluation() {}

  static Topology build(Duration horizon, Duration slack, RegistryClient registry) {
    StreamsBuilder builder = new StreamsBuilder();
    Serde<Answer> answers = AvroSerdes.of(Topics.ANSWERS, registry);
    Serde<Label> labels = AvroSerdes.of(Topics.LABELS, registry);
    Serde<byte[]> bytes = Serdes.ByteArray();
    builder.stream(Topics.ANSWERS.name(), Consumed.with(Serdes.String(), answers).withName("answers"))
        .leftJoin(builder.stream(Topics.LABELS.name(), Consumed.with(Serdes.String(), labels).withName("labels")),
            DslEvaluation::join, JoinWindows.ofTimeDifferenceAndGrace(horizon, slack),
            StreamJoined.with(Serdes.String(), answers, labels).withName("join").withStoreName("join"))
        .filter((key, joined) -> joined != null, Named.as("labelled"))
        .flatMap((key, joined) -> slices(joined.answer()).stream()
            .map(slice -> KeyValue.pair(slice, joined.observation())).toList(), Named.as("slices"))
        .groupByKey(Grouped.with("by-slice", Serdes.String(), bytes))
        .aggregate(() -> new CalibrationSummary().toBytes(), (slice, observation, sum) -> add(sum, observation),
            Named.as("aggregate"), Materialized.<String, byte[], KeyValueStore<
                Bytes, byte[]>>as("summaries").withKeySerde(Serdes.String())
                .withValueSerde(bytes))
        .toStream(Named.as("changes"))
        .to(OUTPUT, Produced.with(Serdes.String(), bytes).withName("summaries-out"));
    return builder.build();
  }

  private record Joined(Answer answer, byte[] observation) {}

  private static Joined join(Answer answer, Label label) {
    boolean counts = label != null && label.getAction() == LabelAction.ASSERT && label.getCorrect() != null
        && answer.getDecision() != Decision.ERROR;
    return counts ? new Joined(answer, observation(answer, label.getCorrect())) : null;
  }

  private static List<String> slices(Answer a) {
    return List.of(Keys.encode(ANY, ANY, ANY), Keys.encode(ANY, ANY, a.getPolicyVersion()),
        Keys.encode(ANY, a.getDomain(), ANY), Keys.encode(a.getTenant(), ANY, ANY),
        Keys.encode(a.getTenant(), a.getDomain(), a.getPolicyVersion()));
  }

  private static byte[] observation(Answer answer, boolean correct) {
    return ByteBuffer.allocate(11)
        .putInt(answer.getConfidence() == null ? -1 : Observation.units(answer.getConfidence()))
        .putInt(answer.getPIdk() == null ? -1 : Observation.units(answer.getPIdk()))
        .put((byte) (correct ? 1 : 0))
        .put((byte) (answer.getDecision() == Decision.IDK ? 1 : 0))
        .put((byte) (answer.getAudited() ? 1 : 0))
        .array();
  }

  private static byte[] add(byte[] sum, byte[] observation) {
    ByteBuffer in = ByteBuffer.wrap(observation);
    CalibrationSummary summary = CalibrationSummary.fromBytes(sum);
    summary.add(new Observation(units(in.getInt()), units(in.getInt()), in.get() == 1, in.get() == 1, in.get() == 1));
    return summary.toBytes();
  }

  private static OptionalInt units(int units) {
    return units < 0 ? OptionalInt.empty() : OptionalInt.of(units);
  }
}
