package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.evaluation.Deadlines.Deadline;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadlinesTest {

  @TempDir
  private Path directory;
  private KeyValueStore<String, byte[]> store;

  @BeforeEach
  void openStore() {
    MockProcessorContext<Void, Void> context =
        new MockProcessorContext<>(new Properties(), new TaskId(0, 0), directory.toFile());
    store = Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore("deadlines"), Serdes.String(), Serdes.ByteArray())
        .withLoggingDisabled().build();
    store.init(context.getStateStoreContext(), store);
  }

  @Test
  void givesWhatHasPassedAfterARestartAndKeepsTheRest() {
    Deadlines deadlines = new Deadlines(store);
    for (int i = 1; i <= 3; i++) deadlines.add("q" + i, i * 10);
    deadlines.write();
    assertThat(store.approximateNumEntries()).as("one record for those of a commit").isEqualTo(1);

    Deadlines restarted = new Deadlines(store);

    assertThat(restarted.take(9, 100)).isEmpty();
    assertThat(restarted.take(20, 100)).containsExactly(new Deadline("q1", 10), new Deadline("q2", 20));
    restarted.write();
    assertThat(new Deadlines(store).take(30, 100)).containsExactly(new Deadline("q3", 30));
  }

  @Test
  void doesNotLoseItemsOfCommitsWithTheSameEarliestTime() {
    Deadlines deadlines = new Deadlines(store);
    for (String item : new String[] {"q", "r", "s"}) {
      deadlines.add(item, 10);
      deadlines.write();
    }

    assertThat(deadlines.take(10, 100)).extracting(Deadline::questionId).containsExactlyInAnyOrder("q", "r", "s");
  }

  @Test
  void takesAboutAsManyAsAreAskedFor() {
    Deadlines deadlines = new Deadlines(store);
    for (int i = 0; i < 5_000; i++) deadlines.add("q" + i, i);
    deadlines.write();

    assertThat(deadlines.take(10_000, 1_500)).hasSize(2_000);
    assertThat(deadlines.take(10_000, 10_000)).hasSize(3_000);
    assertThat(store.approximateNumEntries()).isZero();
  }
}
