package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.schemas.Decision;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ItemsTest {

  private static final int MANY = 10_000;

  @TempDir
  private Path directory;
  private final Words words = new Words();
  private final LabelJoin join = new LabelJoin(Duration.ofDays(7), Duration.ofDays(1));
  private KeyValueStore<String, byte[]> store;

  @BeforeEach
  void openStore() {
    MockProcessorContext<Void, Void> context =
        new MockProcessorContext<>(new Properties(), new TaskId(0, 0), directory.toFile());
    store = Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore("items"), Serdes.String(), Serdes.ByteArray())
        .withLoggingDisabled().build();
    store.init(context.getStateStoreContext(), store);
  }

  @Test
  void writesOnceWhatChangedAndGivesItAgainAfterARestart() {
    Items items = new Items(store, words);
    answer(items, "q", "1");
    answer(items, "q", "2");
    assertThat(store.get("q")).as("before it is written").isNull();
    items.write();

    assertThat(new Items(store, words).get("q").answers).containsOnlyKeys("q~1", "q~2");
  }

  @Test
  void holdsNoMoreThanSomeAndLosesNone() {
    Items items = new Items(store, words);
    for (int i = 0; i < MANY; i++) answer(items, "q" + i, "1");
    assertThat(store.approximateNumEntries()).as("written early").isBetween(1L, MANY - 1L);
    items.write();

    assertThat(store.approximateNumEntries()).isEqualTo(MANY);
    assertThat(items.get("q0").answers).hasSize(1);
  }

  @Test
  void forgetsWhatIsEmpty() {
    Items items = new Items(store, words);
    answer(items, "q", "1");
    items.write();
    items.get("q").answers.clear();
    items.changed("q");
    items.write();

    assertThat(store.get("q")).isNull();
  }

  private void answer(Items items, String item, String answer) {
    join.onAnswer(items.get(item),
        Facts.answer(item + "~" + answer, 90_000_000L, Decision.ANSWER, OptionalInt.of(5)), 0);
    items.changed(item);
  }
}
