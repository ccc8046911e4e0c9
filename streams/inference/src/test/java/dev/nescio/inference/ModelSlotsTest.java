package dev.nescio.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.inference.ModelSlots.Slot;
import dev.nescio.inference.ModelSlots.Use;
import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.ReleaseState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelSlotsTest {

  @TempDir Path artifacts;

  private final WordModel model = new WordModel();

  @Test
  void answersAsTheBaseUntilThereIsARelease() {
    ModelSlots slots = new ModelSlots(model, artifacts);
    assertThat(slots.slot("champion").map(Slot::modelVersion)).contains("base");
    assertThat(slots.slot("shadow")).isEmpty();
  }

  @Test
  void swapsToAReleaseAndFreesTheOneBeforeAfterItsLastUse() throws IOException {
    ModelSlots slots = new ModelSlots(model, artifacts);
    ReleaseBook first = ReleaseBook.EMPTY.with(Records.adapted(artifacts, "v1", "one"));
    slots.follow(first);
    assertThat(slots.slot("champion").map(Slot::modelDigest)).contains("base+one");

    Use early = slots.use("champion").orElseThrow();
    Use late = slots.use("champion").orElseThrow();
    early.close();
    slots.follow(first.with(Records.adapted(artifacts, "v2", "two")));
    assertThat(slots.slot("champion").map(Slot::modelVersion)).contains("v2");
    assertThat(late.slot().modelVersion()).isEqualTo("v1");
    assertThat(model.adapters).containsOnlyKeys("one", "two");
    late.close();
    assertThat(model.adapters).containsOnly(Map.entry("two", 1));
  }

  @Test
  void closingFreesWhatIsNotUsedAndTheRestAtItsLastUse() throws IOException {
    ModelSlots slots = new ModelSlots(model, artifacts);
    slots.follow(ReleaseBook.EMPTY.with(Records.adapted(artifacts, "v1", "one")));
    Use use = slots.use("champion").orElseThrow();
    slots.close();
    assertThat(slots.use("champion")).isEmpty();
    assertThat(model.adapters).containsOnlyKeys("one");
    use.close();
    assertThat(model.adapters).isEmpty();
    slots.follow(ReleaseBook.EMPTY.with(Records.adapted(artifacts, "v2", "two")));
    assertThat(model.adapters).as("loaded too late").isEmpty();
  }

  @Test
  void keepsTheOldOneWhenTheNewOneIsNotWhatItsRecordSays() throws IOException {
    ModelSlots slots = new ModelSlots(model, artifacts);
    ReleaseBook book = ReleaseBook.EMPTY.with(Records.adapted(artifacts, "v1", "one"));
    slots.follow(book);
    ModelRelease forged = Records.adapted(artifacts, "v2", "two");
    forged.setAdapterDigest("three");
    slots.follow(book.with(forged));

    assertThat(slots.slot("champion").map(Slot::modelVersion)).contains("v1");
    assertThat(slots.failures().get("champion")).contains("v2", "three", "v1 goes on");
    assertThat(model.adapters).containsOnly(Map.entry("one", 1));
  }

  @Test
  void saysWhichDirectoryIsMissingAndRecoversWithTheNextRelease() throws IOException {
    ModelSlots slots = new ModelSlots(model, artifacts);
    ModelRelease lost = Records.adapted(artifacts, "v1", "one");
    lost.setLocation("nowhere");
    slots.follow(ReleaseBook.EMPTY.with(lost));
    assertThat(slots.slot("champion").map(Slot::modelVersion)).contains("base");
    assertThat(slots.failures().get("champion")).contains("nowhere");

    slots.follow(ReleaseBook.EMPTY.with(lost).with(Records.adapted(artifacts, "v2", "two")));
    assertThat(slots.failures()).isEmpty();
    assertThat(slots.slot("champion").map(Slot::modelVersion)).contains("v2");
  }

  @Test
  void loadsEachReleaseOnceAndTakesEveryLoadingBack() throws IOException {
    ModelSlots slots = new ModelSlots(model, artifacts);
    ReleaseBook book = ReleaseBook.EMPTY.with(Records.adapted(artifacts, "v1", "one"));
    slots.follow(book);
    slots.follow(book.with(Records.release("v9", "shadow", ReleaseState.SHADOW)));
    assertThat(model.adapters).containsOnly(Map.entry("one", 1));

    slots.follow(book.with(Records.adapted(artifacts, "v2", "one")));
    assertThat(model.adapters).containsOnly(Map.entry("one", 1));
    slots.close();
    assertThat(model.adapters).isEmpty();
  }

  @Test
  void refusesAReleaseOfAnotherBase() {
    ModelSlots slots = new ModelSlots(model, artifacts);
    ModelRelease foreign = Records.release("v1", "champion", ReleaseState.CHAMPION);
    foreign.setBaseDigest("f".repeat(64));
    slots.follow(ReleaseBook.EMPTY.with(foreign));
    assertThat(slots.slot("champion").map(Slot::modelVersion)).contains("base");
    assertThat(slots.failures().get("champion")).contains("the base digest is");
  }

  @Test
  void refusesAReleaseThatWasTrainedWithAnotherPrompt() {
    ModelSlots slots = new ModelSlots(model, artifacts);
    ModelRelease other = Records.release("v1", "champion", ReleaseState.CHAMPION);
    other.setPromptTemplate("chat");
    slots.follow(ReleaseBook.EMPTY.with(other));
    assertThat(slots.failures().get("champion")).contains("prompt template is qa-zero-shot.v1", "names chat");
  }
}
