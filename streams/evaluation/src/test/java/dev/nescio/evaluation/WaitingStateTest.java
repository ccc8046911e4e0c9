package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.schemas.Answer;
import dev.nescio.schemas.RawScore;
import dev.nescio.schemas.ScoreKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What waiting answers take on disk, in the stores as they are configured. 20 000 of them unless
 * {@code -Dnescio.waiting=1000000} says otherwise.
 */
class WaitingStateTest {

  private static final int ANSWERS = Integer.getInteger("nescio.waiting", 20_000);
  private static final int MOST_BYTES = 300;

  @TempDir
  private Path directory;

  @Test
  void aMillionWaitingAnswersFitInto300Megabytes() throws IOException {
    Words words = new Words();
    KeyValueStore<String, byte[]> itemStore = store("items");
    Items items = new Items(itemStore, words);
    KeyValueStore<String, byte[]> evictions = store("evictions");
    Deadlines deadlines = new Deadlines(evictions);
    LabelJoin join = new LabelJoin(Duration.ofDays(7), Duration.ofDays(1));
    for (int i = 0; i < ANSWERS; i++) {
      Answer answer = answer(i);
      String item = answer.getAnswerId().substring(0, 32);
      ItemState state = items.get(item);
      join.onAnswer(state, AnswerFacts.of(answer, words), 0);
      state.lookAt = state.nextDeadline();
      items.changed(item);
      deadlines.add(item, state.lookAt);
      if (i % 1_000 == 0) deadlines.write();
    }
    items.write();
    deadlines.write();
    itemStore.close();
    evictions.close();
    long bytes = size(directory);
    System.out.printf("%d waiting answers take %d bytes on disk, %.0f each%n", ANSWERS, bytes, bytes / (double) ANSWERS);
    assertThat(bytes / ANSWERS).isLessThan(MOST_BYTES);
  }

  /** As inference writes them: an item of its own each, four scores, a reason with numbers. */
  private static Answer answer(int i) {
    String item = String.format("%016x%016x", i * 0x9E3779B97F4A7C15L, i * 0xC2B2AE3D27D4EB4FL);
    double score = (i * 0x9E3779B97F4A7C15L >>> 11) / (double) (1L << 53);
    return Records.answer(item, String.format("%016x", i * 0xD6E8FEB86659FD93L), "The answer number " + i,
            TestPipe.START.plusMillis(i * 37L))
        .setReason(String.format("below threshold: p_idk %.4f <= 0.3127", score))
        .setConfidence(Math.rint(score * 1e9) / 1e9)
        .setPIdk(Math.rint((1 - score) * 1e9) / 1e9)
        .setCalibratorVersion("evaluation-000001")
        .setScores(Map.of("sequence-probability", new RawScore(-score, ScoreKind.UNBOUNDED, null),
            "length-normalised-probability", new RawScore(-score / 3, ScoreKind.UNBOUNDED, null),
            "min-token-probability", new RawScore(-score / 2, ScoreKind.UNBOUNDED, null),
            "mean-token-entropy", new RawScore(-score / 7, ScoreKind.UNBOUNDED, null)))
        .setLatencyMicros(250_000 + i % 1_000)
        .build();
  }

  private KeyValueStore<String, byte[]> store(String name) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, SharedRocksMemory.class);
    MockProcessorContext<Void, Void> context =
        new MockProcessorContext<>(properties, new TaskId(0, 0), directory.toFile());
    KeyValueStore<String, byte[]> store = Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name),
        Serdes.String(), Serdes.ByteArray()).withLoggingDisabled().build();
    store.init(context.getStateStoreContext(), store);
    return store;
  }

  private static long size(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(directory)) {
      files = all.filter(Files::isRegularFile).filter(file -> file.toString().endsWith(".sst")).toList();
    }
    long bytes = 0;
    for (Path file : files) bytes += Files.size(file);
    return bytes;
  }
}
