package dev.nescio.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.nescio.confidence.ConfidenceEstimator;
import dev.nescio.confidence.Estimators;
import dev.nescio.platform.OnEachPlatform;
import dev.nescio.platform.PlatformKind;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Evidence;
import dev.nescio.schemas.FittedBy;
import dev.nescio.schemas.IdkMode;
import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.Policy;
import dev.nescio.schemas.Question;
import dev.nescio.schemas.QuestionOptions;
import dev.nescio.schemas.ReleaseState;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.DeadLetter;
import dev.nescio.schemas.topics.DeadLetterCause;
import dev.nescio.schemas.topics.Ids;
import dev.nescio.schemas.topics.Keys;
import dev.nescio.schemas.topics.Partitioning;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

@OnEachPlatform
class InferenceAppTest {

  private static final Duration SOON = Duration.ofMinutes(1);
  private static final List<ConfidenceEstimator> ESTIMATORS = Estimators.all();

  @TempDir static Path directory;
  private static Platform platform;

  @Parameter private PlatformKind kind;

  @BeforeParameterizedClassInvocation
  static void start(PlatformKind kind) {
    platform = Platform.start(kind, directory.resolve(kind.name()));
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    if (platform == null) return;
    platform.close();
  }

  @BeforeEach
  void clear() throws Exception {
    platform.clear();
  }

  @Test
  void answersEveryQuestionOnceAndSaysUnderWhichCircumstances() {
    WordModel model = new WordModel();
    for (int i = 0; i < 50; i++) platform.ask("q" + i, Records.question("What is the capital of Land" + i, "ask" + i));

    try (InferenceApp app = started(Map.of("batch.rows", "8"), model)) {
      await().atMost(SOON).until(() -> platform.answers().size() >= 50);
      assertThat(app.health().ready()).isTrue();
      assertThat(app.figures())
          .containsEntry(
              "answers_total{topic=\"qa.answers.v1\",model_version=\"base\","
                  + "policy_version=\"built-in:sequence-probability\",decision=\"answer\"}", 50.0)
          .containsEntry("inference_duration_seconds_count", 50.0)
          .containsEntry("inference_inflight", 0.0);
    }

    List<Answer> answers = platform.answers();
    assertThat(answers).hasSize(50);
    assertThat(answers).extracting(Answer::getAskId).doesNotHaveDuplicates();
    Answer one = answers.stream().filter(a -> a.getAskId().equals("ask7")).findFirst().orElseThrow();
    assertThat(one.getAnswerId())
        .isEqualTo(Ids.answerId("q7", "ask7", WordModel.BASE, "built-in:sequence-probability", 0));
    assertThat(one.getCandidate()).isEqualTo("Land7");
    assertThat(one.getDecision()).isEqualTo(Decision.ANSWER);
    assertThat(one.getReason()).isEqualTo("no-threshold");
    assertThat(one.getConfidence()).isNull();
    assertThat(one.getConfidenceReason()).isEqualTo("uncalibrated");
    assertThat(one.getScores()).hasSize(ESTIMATORS.size());
    assertThat(one.getScores().get("sequence-probability").getValue())
        .isCloseTo(1.0 / 6, within(1e-12));
    assertThat(one.getPIdk()).isEqualTo(1 - 1.0 / 6);
    assertThat(one.getModelVersion()).isEqualTo("base");
    assertThat(one.getModelDigest()).isEqualTo(WordModel.BASE);
    assertThat(one.getAskedAt()).isEqualTo(Records.ASKED_AT);
    assertThat(one.getAttributes()).containsEntry("relation", "capital");
    assertThat(one.getUsage().getAnswerTokens()).isEqualTo(2);
    assertThat(one.getLatencyMicros()).isPositive();

    List<Evidence> evidence = platform.read(Topics.EVIDENCE);
    assertThat(ids(evidence.stream().map(Evidence::getAnswerId).toList()))
        .isEqualTo(ids(answers.stream().map(Answer::getAnswerId).toList()));
    assertThat(platform.records(Topics.ANSWERS.name()))
        .allSatisfy(r -> assertThat(r.timestamp()).isGreaterThan(Records.ASKED_AT.toEpochMilli()))
        .allSatisfy(r -> assertThat(r.partition())
            .isEqualTo(Partitioning.expectedPartition(r.key(), Platform.PARTITIONS)));
    assertThat(model.batches).anyMatch(size -> size > 1).allMatch(size -> size <= 8);
  }

  @Test
  void setsAsideWhatIsNoQuestionWithItsCauseAndGoesOn() {
    int home = Partitioning.expectedPartition("key", Platform.PARTITIONS);
    byte[] key = "key".getBytes(StandardCharsets.UTF_8);
    String topic = Topics.QUESTIONS.name();
    byte[] good = platform.bytes(Topics.QUESTIONS, Records.question("good", "a"));
    platform.send(new ProducerRecord<>(topic, home, key, "no Avro".getBytes(StandardCharsets.UTF_8)));
    platform.send(new ProducerRecord<>(topic, (home + 1) % Platform.PARTITIONS, key, good));
    platform.send(new ProducerRecord<>(topic, home, key, null));
    platform.send(new ProducerRecord<>(topic, home, null, good));
    platform.ask("key", Records.question("x".repeat(70_000), "a"));
    platform.ask("key", Records.question(" \n", "a"));
    platform.ask("key", Records.question("q", "a", new QuestionOptions("canary", 8, 0L)));
    platform.ask("key", Records.question("q", "a", new QuestionOptions("champion", 513, 0L)));
    platform.ask("key", Records.question("good", "last"));

    try (InferenceApp app = started(Map.of(), new WordModel())) {
      await().atMost(SOON).until(() -> !platform.answers().isEmpty());
      await().atMost(SOON).until(() -> platform.records(Topics.DEAD_LETTERS.name()).size() >= 8);
      assertThat(app.figures())
          .containsEntry("dlq_records_total{stage=\"inference\",error=\"invalid\"}", 3.0)
          .containsEntry("dlq_records_total{stage=\"inference\",error=\"undecodable\"}", 1.0);
    }

    assertThat(platform.answers()).extracting(Answer::getAskId).containsExactly("last");
    List<DeadLetter> letters = platform.records(Topics.DEAD_LETTERS.name()).stream().map(DeadLetter::of).toList();
    assertThat(letters).hasSize(8).allMatch(l -> l.stage().orElseThrow().equals("inference"));
    Map<DeadLetterCause, List<String>> byCause =
        letters.stream()
            .collect(
                Collectors.groupingBy(
                    l -> l.cause().orElseThrow(),
                    Collectors.mapping(l -> l.message().orElseThrow(), Collectors.toList())));
    assertThat(byCause.get(DeadLetterCause.WRONG_PARTITION).getFirst()).contains("partitioner=murmur2_random");
    assertThat(byCause.get(DeadLetterCause.OVERSIZED).getFirst()).contains("max.question.bytes is 65536");
    assertThat(byCause.get(DeadLetterCause.INVALID))
        .containsExactlyInAnyOrder(
            "text is empty", "options.channel is \"canary\"; it is champion or shadow",
            "options.maxTokens is 513; it is between 1 and 512");
    assertThat(byCause.keySet())
        .contains(DeadLetterCause.UNDECODABLE, DeadLetterCause.MISSING_KEY, DeadLetterCause.MISSING_VALUE);
  }

  @Test
  void answersWithAnErrorWhereTheModelFailsAndSparesTheRestOfTheBatch() {
    WordModel model =
        new WordModel(
            requests -> {
              if (requests.stream().anyMatch(r -> r.prompt().contains("poison"))) {
                throw new IllegalStateException("tensor of no shape");
              }
            });
    platform.askWords(10);
    platform.ask("p", Records.question("poison", "bad"));
    platform.ask("l", Records.question("many words ".repeat(60), "long"));
    platform.ask("s", Records.question("shadow", "shadow", new QuestionOptions("shadow", 8, 0L)));

    try (InferenceApp app = started(Map.of(), model)) {
      await().atMost(SOON).until(() -> platform.answers().size() >= 13);
      assertThat(app.health().ready()).isTrue();
    }

    Map<String, Answer> byAsk =
        platform.answers().stream().collect(Collectors.toMap(Answer::getAskId, a -> a));
    assertThat(byAsk).hasSize(13);
    assertThat(byAsk.get("bad").getDecision()).isEqualTo(Decision.ERROR);
    assertThat(byAsk.get("bad").getReason()).isEqualTo("model failed: tensor of no shape");
    assertThat(byAsk.get("long").getReason()).startsWith("prompt too long: ").endsWith("exceed the model's 60");
    assertThat(byAsk.get("shadow").getReason()).isEqualTo("no release on the shadow channel");
    assertThat(IntStream.range(0, 10).mapToObj(i -> byAsk.get("ask" + i).getDecision()))
        .containsOnly(Decision.ANSWER);
    assertThat(platform.read(Topics.EVIDENCE)).hasSize(10);
  }

  @Test
  void appliesPoliciesAndCalibratorsAsTheyArePublished() {
    Policy tokenOnly = Records.policy("tenant-a", "*", "p1");
    tokenOnly.setIdkMode(IdkMode.TOKEN);
    tokenOnly.setAuditProbability(1);
    platform.publish(Topics.POLICIES, Keys.policy("tenant-a", "*"), tokenOnly);
    publishCalibrator("tenant-a", "c1", 1);

    try (InferenceApp app = started(Map.of(), new WordModel())) {
      platform.ask("a", tenant("tenant-a", "one two", "before"));
      Answer before = answer("before");
      assertThat(before.getPolicyVersion()).isEqualTo("p1");
      assertThat(before.getCalibratorVersion()).isEqualTo("c1");
      // Raw score 1/4 of the three-letter word, slope 4, intercept -2: sigmoid(-1).
      assertThat(before.getConfidence()).isEqualTo(0.268941421);
      assertThat(before.getReason()).isEqualTo("no token");
      assertThat(before.getAudited()).isTrue();
      platform.ask("a", tenant("tenant-a", "unknowable", "token"));
      assertThat(answer("token").getDecision()).isEqualTo(Decision.IDK);
      platform.ask("a", tenant("somebody", "one two", "other"));
      assertThat(answer("other").getPolicyVersion()).isEqualTo("built-in:sequence-probability");
      assertThat(answer("other").getConfidence()).isNull();

      publishCalibrator("tenant-a", "c2", 2);
      Policy both = Records.policy("tenant-a", "*", "p2");
      platform.publish(Topics.POLICIES, Keys.policy("tenant-a", "*"), both);
      // Control topics are followed live: ask until the new versions are in force.
      await().atMost(SOON).untilAsserted(() -> {
        String askId = "after" + System.nanoTime();
        platform.ask("a", tenant("tenant-a", "one two", askId));
        Answer after = answer(askId);
        assertThat(after.getPolicyVersion()).isEqualTo("p2");
        assertThat(after.getCalibratorVersion()).isEqualTo("c2");
        assertThat(after.getDecision()).isEqualTo(Decision.IDK);
        assertThat(after.getReason()).isEqualTo("threshold: p_idk 0.75 > 0.5");
      });
      assertThat(app.health().problems()).isEmpty();
    }
  }

  @Test
  void readsControlTopicsToTheirEndBeforeItAnswers() {
    for (int i = 0; i < 100; i++) {
      platform.publish(Topics.POLICIES, Keys.policy("many", "*"), Records.policy("many", "*", "p" + i));
    }
    platform.ask("a", tenant("many", "one two", "first"));
    try (InferenceApp app = started(Map.of(), new WordModel())) {
      assertThat(answer("first").getPolicyVersion()).isEqualTo("p99");
    }
  }

  @Test
  void swapsToAReleaseWithoutARestartAndKeepsItWhenTheNextOneIsBroken() throws Exception {
    WordModel model = new WordModel();
    try (InferenceApp app = started(Map.of("artifacts", directory.toString()), model)) {
      platform.ask("a", Records.question("one", "base"));
      assertThat(answer("base").getModelVersion()).isEqualTo("base");

      platform.publish(Topics.MODELS, "champion", release("v1", "first", "first"));
      await().atMost(SOON).until(() -> app.figures().containsKey(
          "model_active_info{channel=\"champion\",model_version=\"v1\",digest=\"base+first\"}"));
      platform.ask("a", Records.question("one", "released"));
      Answer released = answer("released");
      assertThat(released.getModelVersion()).isEqualTo("v1");
      assertThat(released.getModelDigest()).isEqualTo("base+first");
      assertThat(released.getAdapterDigest()).isEqualTo("first");
      assertThat(released.getCandidate()).isEqualTo("first one");

      platform.publish(Topics.MODELS, "champion", release("v2", "second", "something else"));
      await().atMost(SOON).until(() -> !app.health().problems().isEmpty());
      assertThat(app.health().problems().getFirst()).contains("champion channel: release v2", "v1 goes on");
      platform.ask("a", Records.question("one", "still"));
      assertThat(answer("still").getModelVersion()).isEqualTo("v1");
      await().atMost(SOON).until(() -> model.adapters.keySet().equals(Set.of("first")));
    }
    assertThat(model.adapters).isEmpty();
  }

  @Test
  void staysInTheGroupWhileOneGenerationLastsLongerThanThePollInterval() throws Exception {
    CountDownLatch generating = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    WordModel model =
        new WordModel(
            requests -> {
              generating.countDown();
              waitFor(release);
            });
    InferenceConfig config =
        platform.config(
            Map.of("kafka.max.poll.interval.ms", "2000", "kafka.session.timeout.ms", "6000", "max.queued", "16"));
    platform.askWords(60);

    try (InferenceApp app = new InferenceApp(config, model, ESTIMATORS, InstantSource.system())) {
      app.start();
      assertThat(generating.await(20, TimeUnit.SECONDS)).isTrue();
      String member = member(config.group());
      long from = System.nanoTime();
      // Three poll intervals without an answer.
      await().atMost(SOON).pollInterval(Duration.ofMillis(200))
          .until(() -> System.nanoTime() - from > Duration.ofSeconds(6).toNanos());
      assertThat(member(config.group())).isEqualTo(member);
      assertThat(app.figures().get("inference_inflight")).isBetween(1.0, 16.0);
      release.countDown();
      await().atMost(SOON).until(() -> platform.answers().size() >= 60);
    }
    assertThat(platform.answers()).hasSize(60).extracting(Answer::getAskId).doesNotHaveDuplicates();
    assertThat(model.batches.stream().mapToInt(Integer::intValue).sum()).isEqualTo(60);
  }

  @Test
  void aLongAnswerHoldsUpNeitherOtherPartitionsNorTheOrderOfItsOwn() {
    CountDownLatch release = new CountDownLatch(1);
    WordModel model =
        new WordModel(
            requests -> {
              if (requests.getFirst().prompt().contains("long")) waitFor(release);
            }).joining();
    platform.ask("long", Records.question("long", "long"));
    platform.askWords(200);
    int home = home("long");
    Set<String> others =
        IntStream.range(0, 200).filter(i -> home("q" + i) != home).mapToObj(i -> "ask" + i)
            .collect(Collectors.toSet());

    // Fewer are taken in than stand behind the long one.
    try (InferenceApp app = started(Map.of("batch.rows", "4", "max.queued", "32"), model)) {
      await().atMost(SOON).until(() -> platform.answers().size() >= others.size());
      assertThat(platform.answers().stream().map(Answer::getAskId).collect(Collectors.toSet())).isEqualTo(others);
      await().atMost(SOON).until(() -> app.figures().get("inference_generating") == 1.0);
      release.countDown();
      await().atMost(SOON).until(() -> platform.answers().size() >= 201);
    }
    assertThat(platform.answers()).hasSize(201).extracting(Answer::getAskId).doesNotHaveDuplicates();
    assertThat(keys(Topics.ANSWERS.name(), home)).isEqualTo(keys(Topics.QUESTIONS.name(), home)).startsWith("long");
  }

  @Test
  void cancelsUnfinishedWorkWhenClosedAndALaterLifeDoesItOnce() {
    CountDownLatch generating = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    WordModel slow =
        new WordModel(
            requests -> {
              generating.countDown();
              waitFor(release);
            }).joining();
    InferenceConfig config = platform.config(Map.of("close.timeout.ms", "2000"));
    platform.askWords(40);

    InferenceApp first = new InferenceApp(config, slow, ESTIMATORS, InstantSource.system());
    first.start();
    waitFor(generating);
    long from = System.nanoTime();
    first.close();
    assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(5));
    release.countDown();
    assertThat(platform.answers()).isEmpty();

    try (InferenceApp second = new InferenceApp(config, new WordModel(), ESTIMATORS, InstantSource.system())) {
      second.start();
      await().atMost(SOON).until(() -> platform.answers().size() >= 40);
    }
    assertThat(platform.answers()).hasSize(40).extracting(Answer::getAskId).doesNotHaveDuplicates();
  }

  @Test
  void sharesPartitionsWithASecondInstanceWithoutLosingOrRepeating() {
    InferenceConfig one = platform.config(Map.of("instance", "one", "batch.rows", "4", "max.queued", "16"));
    InferenceConfig two =
        platform.config(Map.of("instance", "two", "group", one.group(), "batch.rows", "4", "max.queued", "16"));
    WordModel slow = new WordModel(requests -> pause(Duration.ofMillis(40)));
    WordModel slowToo = new WordModel(requests -> pause(Duration.ofMillis(40))).joining();
    platform.askWords(600);

    try (InferenceApp first = new InferenceApp(one, slow, ESTIMATORS, InstantSource.system());
        InferenceApp second = new InferenceApp(two, slowToo, ESTIMATORS, InstantSource.system())) {
      first.start();
      await().atMost(SOON).until(() -> platform.answers().size() >= 60);
      second.start();
      await().atMost(SOON).until(() -> slowToo.batches.size() >= 10);
      first.close();
      await().atMost(Duration.ofMinutes(2)).until(() -> platform.answers().size() >= 600);
    }
    assertThat(platform.answers()).hasSize(600).extracting(Answer::getAskId).doesNotHaveDuplicates();
  }

  @Test
  void stopsWithAClearMessageWhenAnotherInstanceHasItsName() {
    InferenceConfig config = platform.config(Map.of("instance", "twin"));
    try (InferenceApp first = new InferenceApp(config, new WordModel(), ESTIMATORS, InstantSource.system());
        InferenceApp second = new InferenceApp(config, new WordModel(), ESTIMATORS, InstantSource.system())) {
      first.start();
      platform.ask("a", Records.question("one", "x"));
      answer("x");
      second.start();
      await().atMost(SOON).until(() -> first.health().state() == Health.State.FAILED);
      assertThat(first.health().problems().getFirst()).contains("another running instance", "twin");
      platform.ask("a", Records.question("one", "y"));
      answer("y");
      assertThat(second.health().ready()).isTrue();
    }
  }

  @Test
  void asksAndWaitsForTheAnswer() throws Exception {
    Clients clients = Clients.at(platform.bootstrapServers());
    Map<String, String> registry = Map.of("schema.registry.url", platform.registryUrl());
    try (AskClient client = new AskClient(clients, registry)) {
      assertThatThrownBy(() -> client.ask(Records.question("anybody there", "z0"), Duration.ofSeconds(1)))
          .isInstanceOf(NoAnswerException.class)
          .hasMessageContaining("no answer after 1 s");
      try (InferenceApp app = started(Map.of(), new WordModel())) {
        assertThat(client.ask(Records.question("what is it", "z1"), SOON).getCandidate()).isEqualTo("it");
        assertThatThrownBy(() -> client.ask(Records.question(" ", "z2"), SOON))
            .hasMessage("the question was refused: text is empty");
      }
    }
  }

  private InferenceApp started(Map<String, String> settings, WordModel model) {
    InferenceApp app =
        new InferenceApp(platform.config(new HashMap<>(settings)), model, ESTIMATORS, InstantSource.system());
    app.start();
    return app;
  }

  private static Answer answer(String askId) {
    return await()
        .atMost(SOON)
        .until(
            () -> platform.answers().stream().filter(a -> a.getAskId().equals(askId)).toList(),
            found -> !found.isEmpty())
        .getFirst();
  }

  private static int home(String questionId) {
    return Partitioning.expectedPartition(questionId, Platform.PARTITIONS);
  }

  private static List<String> keys(String topic, int partition) {
    return platform.records(topic).stream().filter(r -> r.partition() == partition)
        .map(r -> new String(r.key(), StandardCharsets.UTF_8)).toList();
  }

  private static Question tenant(String tenant, String text, String askId) {
    Question question = Records.question(text, askId);
    question.setTenant(tenant);
    return question;
  }

  private static void publishCalibrator(String tenant, String version, int second) {
    platform.publish(
        Topics.CALIBRATORS,
        Keys.calibrator(tenant, "*", WordModel.BASE, "sequence-probability"),
        Records.calibrator(tenant, "*", WordModel.BASE, version, 150, FittedBy.EVALUATION, second));
  }

  private static ModelRelease release(String version, String id, String namedDigest) throws Exception {
    Files.createDirectories(directory.resolve(id));
    Files.writeString(directory.resolve(id).resolve("adapter"), id);
    ModelRelease release = Records.release(version, "champion", ReleaseState.CHAMPION);
    release.setAdapterDigest(namedDigest);
    release.setModelDigest("base+" + namedDigest);
    release.setLocation(id);
    return release;
  }

  private static String member(String group) throws Exception {
    return platform.admin().describeConsumerGroups(List.of(group)).all().get().get(group).members().stream()
        .map(m -> m.consumerId())
        .collect(Collectors.joining());
  }

  private static Set<String> ids(List<String> ids) {
    return new TreeSet<>(ids);
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) throw new IllegalStateException("nothing happened for 30 s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A generation takes time; nothing waits for it. */
  private static void pause(Duration time) {
    java.util.concurrent.locks.LockSupport.parkNanos(time.toNanos());
  }
}
