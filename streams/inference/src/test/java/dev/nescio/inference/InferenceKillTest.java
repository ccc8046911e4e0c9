package dev.nescio.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.nescio.confidence.Estimators;
import dev.nescio.platform.OnEachPlatform;
import dev.nescio.platform.PlatformKind;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Evidence;
import dev.nescio.schemas.topics.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** Kills the process at moments that nobody chose, and counts what a reader of committed records sees. */
@OnEachPlatform
class InferenceKillTest {

  private static final int QUESTIONS = 240;

  @TempDir Path directory;
  @Parameter PlatformKind kind;

  @Test
  void losesNoQuestionAndShowsNoAnswerTwiceWhenKilledAgainAndAgain() throws Exception {
    try (Platform platform = Platform.start(kind, directory)) {
      platform.askWords(QUESTIONS);
      Set<Integer> seenAtKills = new HashSet<>();
      for (int goal : List.of(1, 80)) {
        Process process = InferenceProcess.start(platform, "killed", Duration.ofMillis(30), directory.resolve("log"));
        try {
          awaiting().until(() -> platform.answers().size() >= goal);
        } finally {
          process.destroyForcibly();
          process.waitFor();
        }
        int visible = platform.answers().size();
        assertThat(visible).isLessThan(QUESTIONS);
        seenAtKills.add(visible);
      }
      assertThat(seenAtKills).hasSizeGreaterThan(1);

      Process last = InferenceProcess.start(platform, "killed", Duration.ZERO, directory.resolve("log"));
      try {
        awaiting().until(() -> platform.answers().size() >= QUESTIONS);
      } finally {
        last.destroyForcibly();
        last.waitFor();
      }

      assertEveryQuestionAnsweredOnce(platform);
    }
  }

  @Test
  void goesOnAfterTheBrokerWasAwayWithoutLosingOrRepeating() throws Exception {
    try (Platform platform = Platform.start(kind, directory)) {
      platform.askWords(QUESTIONS);
      WordModel slow = new WordModel(requests -> LockSupport.parkNanos(Duration.ofMillis(30).toNanos()));
      InferenceConfig config =
          platform.config(Map.of("batch.rows", "4", "max.queued", "64", "transaction.timeout.ms", "6000"));
      try (InferenceApp app = new InferenceApp(config, slow, Estimators.all(), InstantSource.system())) {
        app.start();
        awaiting().until(() -> platform.answers().size() >= 40);
        platform.restartBroker(
            () -> awaiting().until(() -> !app.health().ready()));
        awaiting().until(() -> platform.answers().size() >= QUESTIONS);
        assertThat(app.health().ready()).isTrue();
      }
      assertEveryQuestionAnsweredOnce(platform);
    }
  }

  private static ConditionFactory awaiting() {
    return await().pollInterval(Duration.ofMillis(300)).atMost(Duration.ofSeconds(120));
  }

  private static void assertEveryQuestionAnsweredOnce(Platform platform) {
    List<Answer> answers = platform.answers();
    assertThat(answers).extracting(Answer::getAnswerId).doesNotHaveDuplicates();
    assertThat(answers.stream().map(Answer::getAskId).collect(Collectors.toSet()))
        .isEqualTo(IntStream.range(0, QUESTIONS).mapToObj(i -> "ask" + i).collect(Collectors.toSet()));
    assertThat(platform.read(Topics.EVIDENCE).stream().map(Evidence::getAnswerId).toList())
        .containsExactlyInAnyOrderElementsOf(answers.stream().map(Answer::getAnswerId).toList());
  }
}
