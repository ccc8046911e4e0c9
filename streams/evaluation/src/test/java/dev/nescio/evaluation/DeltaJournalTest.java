package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.schemas.Decision;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeltaJournalTest {

  @TempDir
  private Path directory;
  private KeyValueStore<Integer, byte[]> store;
  private final Words words = new Words();

  @BeforeEach
  void openStore() {
    MockProcessorContext<Void, Void> context = new MockProcessorContext<>(new Properties(),
        new TaskId(0, 0), directory.toFile());
    store = Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore("journal"), Serdes.Integer(), Serdes.ByteArray())
        .withLoggingDisabled().build();
    store.init(context.getStateStoreContext(), store);
  }

  @Test
  void bringsBackWhatWasNotDrained() {
    DeltaJournal journal = new DeltaJournal(store, words);
    journal.append(change("q~0", null, true));
    journal.drain();
    journal.append(change("q~1", null, null));
    journal.append(change("q~1", null, true));

    DeltaJournal restarted = new DeltaJournal(store, words);

    assertThat(restarted.size()).isEqualTo(2);
    assertEqual(restarted.drain(), journal.drain());
  }

  @Test
  void doesNotBringBackWhatWasDrainedThoughItsSlotsAreStillThere() {
    DeltaJournal journal = new DeltaJournal(store, words);
    for (int i = 0; i < 3; i++) journal.append(change("q~" + i, null, true));
    journal.drain();
    journal.append(change("q~9", null, false));

    DeltaJournal restarted = new DeltaJournal(store, words);

    assertThat(restarted.size()).isEqualTo(1);
    restarted.drain();
    assertThat(new DeltaJournal(store, words).size()).isZero();
  }

  @Test
  void cancelsWhatCameAndWent() {
    DeltaJournal journal = new DeltaJournal(store, words);
    Contribution right = contribution("q~1", true);
    journal.append(new JoinEffects.Change(null, right));
    journal.append(new JoinEffects.Change(right, contribution("q~1", null)));

    journal.drain().deltas().values().forEach(byMinute -> assertThat(byMinute.values()).singleElement()
        .satisfies(delta -> assertThat(delta.difference().summary().isEmpty()).isTrue())
        .satisfies(delta -> assertThat(delta.difference().count(Count.ANSWERS)).isEqualTo(1)));
  }

  private static void assertEqual(DeltaJournal.Drained one, DeltaJournal.Drained other) {
    assertThat(one.points()).isEqualTo(other.points());
    assertThat(one.deltas().keySet()).isEqualTo(other.deltas().keySet());
    one.deltas().forEach((slice, byMinute) -> assertThat(new DeltaBatch(byMinute.values().stream().toList()).toBytes())
        .isEqualTo(new DeltaBatch(other.deltas().get(slice).values().stream().toList()).toBytes()));
  }

  private static JoinEffects.Change change(String id, Boolean before, Boolean after) {
    return new JoinEffects.Change(before == null ? null : contribution(id, before), contribution(id, after));
  }

  private static Contribution contribution(String id, Boolean correct) {
    AnswerFacts answer = Facts.answer(id, 90_000_000L, Decision.ANSWER, OptionalInt.of(5));
    return new Contribution(answer.withoutCandidate(), correct != null, correct, 0, OptionalLong.empty(),
        Opinions.NONE);
  }
}
