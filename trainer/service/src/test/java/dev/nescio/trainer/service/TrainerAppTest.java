package dev.nescio.trainer.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.nescio.schemas.KnowledgeScore;
import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.StepState;
import dev.nescio.schemas.TrainingProgress;
import dev.nescio.schemas.topics.DeadLetter;
import dev.nescio.schemas.topics.DeadLetterCause;
import dev.nescio.schemas.topics.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trainer on a real broker; every test asks for nights of its own. */
class TrainerAppTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path directory;
  private static Platform platform;

  private final List<TrainerApp> apps = new ArrayList<>();

  @BeforeAll
  static void startPlatform() {
    platform = new Platform(directory);
  }

  @AfterAll
  static void stopPlatform() {
    platform.close();
  }

  @AfterEach
  void closeApps() {
    apps.forEach(TrainerApp::close);
    assertThat(apps).allSatisfy(app -> assertThat(app.failure()).isEmpty());
  }

  private TrainerApp start(NightWork work) {
    TrainerApp app = new TrainerApp(platform.clients(), platform.registry(), work, Clock.systemUTC());
    apps.add(app);
    app.start();
    return app;
  }

  private static void awaitCommitted(long offset) {
    await().atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(platform.committed()).hasValueSatisfying(c -> assertThat(c).isGreaterThan(offset)));
  }

  /** The markers of a committed transaction reach each partition in its own time. */
  private static void awaitOne(Supplier<List<?>> visible) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(visible.get()).hasSize(1));
  }

  private static void awaitFailed(String id) {
    await().atMost(PATIENCE)
        .untilAsserted(() -> assertThat(progress(id).getLast().getState()).isEqualTo(StepState.FAILED));
  }

  private static void awaitStarted(HeldNights nights, String... ids) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(nights.started).containsExactly(ids));
  }

  private static List<ModelRelease> releases(String id) {
    return platform.read(Topics.MODELS).stream().filter(r -> r.getVersion().equals("version of " + id)).toList();
  }

  private static List<KnowledgeScore> scores(String id) {
    return platform.read(Topics.KNOWLEDGE).stream().filter(s -> s.getRequestId().equals(id)).toList();
  }

  private static List<TrainingProgress> progress(String id) {
    return platform.read(Topics.TRAINING_PROGRESS).stream().filter(p -> p.getRequestId().equals(id)).toList();
  }

  private static List<DeadLetter> lettersFrom(long offset) {
    return platform.records(Topics.DEAD_LETTERS.name()).stream().map(DeadLetter::of)
        .filter(letter -> letter.offset().orElseThrow() >= offset).toList();
  }

  @Test
  void resultsAndOffsetLeaveTogether() {
    HeldNights nights = new HeldNights();
    start(nights);
    long offset = platform.request("together");
    awaitStarted(nights, "together");
    assertThat(platform.committed().orElse(0L)).isLessThanOrEqualTo(offset);
    assertThat(releases("together")).isEmpty();
    nights.permits.release();
    awaitCommitted(offset);
    awaitOne(() -> releases("together"));
    awaitOne(() -> scores("together"));
    assertThat(progress("together")).extracting(TrainingProgress::getState).containsExactly(StepState.STARTED);
  }

  @Test
  void furtherRequestsWaitAndAreWorkedInOrder() {
    HeldNights nights = new HeldNights();
    platform.request("one");
    platform.request("two");
    long last = platform.request("three");
    start(nights);
    awaitStarted(nights, "one");
    nights.permits.release();
    awaitStarted(nights, "one", "two");
    nights.permits.release(2);
    awaitCommitted(last);
    assertThat(nights.started).containsExactly("one", "two", "three");
    awaitOne(() -> releases("three"));
  }

  @Test
  void whatIsNoRequestIsSetAsideWithItsCause() {
    HeldNights nights = new HeldNights();
    long undecodable = platform.requestBytes(new byte[] {1, 2, 3});
    long empty = platform.requestBytes(null);
    start(nights);
    awaitCommitted(empty);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(lettersFrom(undecodable)).hasSize(2));
    assertThat(lettersFrom(undecodable)).extracting(DeadLetter::cause)
        .containsExactlyInAnyOrder(
            Optional.of(DeadLetterCause.UNDECODABLE), Optional.of(DeadLetterCause.MISSING_VALUE));
    assertThat(lettersFrom(undecodable)).extracting(DeadLetter::stage).containsOnly(Optional.of("trainer"));
    assertThat(nights.started).isEmpty();
  }

  @Test
  void aFailingNightSaysSoOnceAndIsNotTriedAgain() {
    HeldNights nights = new HeldNights();
    nights.permits.release(2);
    start(nights);
    platform.request("bad-night");
    long next = platform.request("next");
    awaitCommitted(next);
    assertThat(nights.started).containsExactly("bad-night", "next");
    awaitFailed("bad-night");
    assertThat(progress("bad-night").getLast()).satisfies(last -> {
      assertThat(last.getStep()).isEqualTo("gate");
      assertThat(last.getMessage()).contains("no more bad-night");
    });
    awaitOne(() -> releases("next"));
  }

  @Test
  void resultsThatCanNeverBeWrittenAreAFailureAndNothingOfThemIsSeen() {
    HeldNights nights = new HeldNights(3_000_000);
    nights.permits.release();
    start(nights);
    long offset = platform.request("large");
    awaitCommitted(offset);
    awaitFailed("large");
    assertThat(releases("large")).isEmpty();
    assertThat(scores("large")).isEmpty();
    assertThat(nights.started).containsExactly("large");
  }

  @Test
  void closingCancelsTheNightAndTheNextStartWorksItAgain() {
    HeldNights first = new HeldNights();
    TrainerApp app = start(first);
    long offset = platform.request("again");
    awaitStarted(first, "again");
    app.close();
    assertThat(first.cancelled).as("the night has ended when close returns").containsExactly("again");
    assertThat(platform.committed().orElse(0L)).isLessThanOrEqualTo(offset);
    HeldNights second = new HeldNights();
    second.permits.release();
    start(second);
    awaitCommitted(offset);
    assertThat(second.started).containsExactly("again");
    awaitOne(() -> releases("again"));
  }

  @Test
  void ofTwoOnlyOneWorksAndTheOtherTakesOver() {
    HeldNights first = new HeldNights();
    TrainerApp holder = start(first);
    long offset = platform.request("handed over");
    awaitStarted(first, "handed over");
    HeldNights second = new HeldNights();
    start(second);
    // The newcomer makes the group assign anew; whoever has the partition then works alone.
    holder.close();
    awaitStarted(second, "handed over");
    second.permits.release();
    awaitCommitted(offset);
    awaitOne(() -> releases("handed over"));
    assertThat(first.cancelled).isNotEmpty().allMatch("handed over"::equals);
  }

  @Test
  void aFencedHolderWritesNothingAndTheRequestIsWorkedAgain() {
    HeldNights nights = new HeldNights();
    start(nights);
    long offset = platform.request("fenced");
    awaitStarted(nights, "fenced");
    try (var newer =
        new KafkaProducer<>(
            platform.clients().transactionalProducer("nescio-trainer"), new ByteArraySerializer(),
            new ByteArraySerializer())) {
      newer.initTransactions();
      nights.permits.release();
      awaitStarted(nights, "fenced", "fenced");
      assertThat(releases("fenced")).isEmpty();
      assertThat(platform.committed().orElse(0L)).isLessThanOrEqualTo(offset);
    }
    nights.permits.release();
    awaitCommitted(offset);
    awaitOne(() -> releases("fenced"));
  }
}
