package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.loadtests.evaluation.Storm;
import dev.nescio.loadtests.evaluation.Storm.Kind;
import dev.nescio.loadtests.evaluation.StormOracle;
import dev.nescio.schemas.Label;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A {@link Storm} in random order through the state of evaluation, on its own stores, without a broker: join and panes
 * end bit for bit where the oracle does, and the heap does not grow with what has come. 8 000 answers unless
 * {@code -Dnescio.storm=1000000} says otherwise.
 *
 * <p>In the package of evaluation, since its state is nobody else's business.
 */
class StateStormTest {

  private static final int ANSWERS = Integer.getInteger("nescio.storm", 8_000);
  private static final Instant NOW = Instant.parse("2026-01-05T12:00:00Z");
  private static final long NOW_MICROS = TimeUnit.SECONDS.toMicros(NOW.getEpochSecond());
  private static final Duration HORIZON = Duration.ofDays(7);
  private static final int DRAIN = 20_000;

  @TempDir
  private Path directory;
  private final Words words = new Words();
  private final LabelJoin join = new LabelJoin(HORIZON, Duration.ofDays(1));
  private final Accounts accounts = new Accounts();
  private final Map<SliceKey, SlicePanes> panes = new HashMap<>();
  private final Differences differences = new Differences();
  private Items items;
  private PaneStore paneStore;

  @Test
  void endsWhereTheOracleDoesInAnyOrderWithFlatMemory() throws IOException {
    items = new Items(store(Stores.persistentKeyValueStore("items"), Serdes.String()), words);
    paneStore = new PaneStore(store(Stores.persistentKeyValueStore("panes"), Serdes.String()),
        store(Stores.persistentKeyValueStore("slices"), Serdes.String()));
    Storm storm = new Storm(20260105, ANSWERS, NOW);
    int[] events = storm.events();
    List<Long> heap = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < events.length; i++) {
      take(storm, events[i], i);
      if (differences.size() >= DRAIN) commit();
      if (i % (events.length / 8) == 0) heap.add(heapAfterCollection());
    }
    commit();
    heap.add(heapAfterCollection());
    System.out.printf("%d answers, %d records in %.0f s; heap in MB after each eighth: %s%n", ANSWERS, events.length,
        (System.nanoTime() - start) / 1e9, heap);

    StormOracle oracle = new StormOracle(storm, HORIZON);
    assertAccounts(oracle);
    assertThat(panes).hasSize(oracle.slices().size());
    panes.forEach((slice, sums) -> {
      StormOracle.Expected expected =
          oracle.slices().get(List.of(slice.tenant(), slice.domain(), slice.policyVersion()));
      Tally all = sums.window(WindowKind.ALL);
      assertThat(all.summary().toBytes()).as(slice.encode()).isEqualTo(expected.summary.toBytes());
      assertThat(all.countsByName()).containsEntry("answers", expected.counts.get("answers"))
          .containsEntry("labelled", expected.counts.get("labelled"))
          .containsEntry("waiting", expected.counts.get("waiting"))
          .containsEntry("errors", expected.counts.get("errors"));
    });
    assertThat(heap.getLast()).as("heap in MB: %s", heap).isLessThan(heap.get(2) + 64);
  }

  private void take(Storm storm, int event, long offset) {
    String item = Storm.key(event);
    ItemState state = items.get(item);
    JoinEffects effects = Storm.kind(event) == Kind.ANSWER
        ? join.onAnswer(state, AnswerFacts.of(storm.answer(Storm.answerOf(event)), words), NOW_MICROS)
        : join.onLabel(state, label(storm.label(event), offset), NOW_MICROS);
    accounts.add(effects.accounts);
    effects.changes.forEach(differences::add);
    items.changed(item);
  }

  private static LabelFacts label(Label label, long offset) {
    try {
      return LabelFacts.of(label, offset, label.toByteBuffer().array());
    } catch (IOException e) {
      throw new IllegalStateException("a label can be written", e);
    }
  }

  private void commit() {
    items.write();
    long minute = Differences.minute(NOW_MICROS);
    differences.drain().deltas().forEach((slice, byMinute) -> panes
        .computeIfAbsent(slice, key -> new SlicePanes(key, paneStore, HORIZON.toMinutes(), minute))
        .apply(DeltaBatch.fromBytes(new DeltaBatch(List.copyOf(byMinute.values())).toBytes()).deltas(), minute));
  }

  private void assertAccounts(StormOracle oracle) {
    Map<String, Long> classes = new HashMap<>(accounts.labelsByName());
    classes.values().removeIf(count -> count == 0);
    assertThat(classes).isEqualTo(oracle.labels());
    assertThat(accounts.answersByName()).containsAllEntriesOf(oracle.answers());
    assertThat(accounts.closed()).isTrue();
  }

  private static long heapAfterCollection() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory() >> 20;
  }

  private <K> KeyValueStore<K, byte[]> store(KeyValueBytesStoreSupplier supplier, Serde<K> keys) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, SharedRocksMemory.class);
    MockProcessorContext<Void, Void> context =
        new MockProcessorContext<>(properties, new TaskId(0, 0), directory.toFile());
    KeyValueStore<K, byte[]> store =
        Stores.keyValueStoreBuilder(supplier, keys, Serdes.ByteArray()).withLoggingDisabled().build();
    store.init(context.getStateStoreContext(), store);
    return store;
  }
}
