package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.schemas.Accounting;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.topics.Keys;
import dev.nescio.schemas.topics.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random histories through the whole topology: accounts, and every metric of every slice and window, equal the batch. */
class RandomHistoryTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void endsWhereTheBatchComputationDoes(long seed) {
    Random random = new Random(seed);
    List<AnswerFacts> answers = new ArrayList<>();
    List<LabelFacts> labels = new ArrayList<>();
    try (TestPipe pipe = new TestPipe(Map.of("min.labels", "20", "emit.interval", "PT5S"), 1)) {
      for (History.Sent<?> record : new History(seed, 25, TestPipe.START).records()) {
        if (record.value() instanceof Answer answer) answers.add(AnswerFacts.of(answer, new Words()));
        if (record.value() instanceof Label label) labels.add(LabelFacts.of(label, labels.size(), pipe.wire(label)));
        pipe.send(record);
        if (random.nextInt(10) == 0) pipe.pass(Duration.ofSeconds(random.nextInt(40)));
      }
      for (int turn = 0; turn < 3; turn++) pipe.pass(Duration.ofSeconds(5));
      // Grades follow in the order in which they were given; they are compared with one another only.
      for (Label grade : pipe.read(Topics.LABELS)) {
        labels.add(LabelFacts.of(grade, labels.size(), pipe.wire(grade)));
      }
      BatchOracle oracle = new BatchOracle(answers, labels, Duration.ofDays(7).toMillis() * 1_000);

      Map<String, CalibrationSnapshot> shown = new HashMap<>();
      pipe.read(Topics.CALIBRATION).forEach(snapshot -> shown.put(Keys.sliceAndWindow(snapshot), snapshot));
      assertThat(shown).isNotEmpty();
      shown.values().forEach(oracle::assertShown);
      assertAccounts(pipe.accounting(), oracle);
      assertClosedPanes(pipe, oracle);
    }
  }

  /** The last record of a closed pane counts: one that changed after it closed is published again. */
  private static void assertClosedPanes(TestPipe pipe, BatchOracle oracle) {
    pipe.pass(Duration.ofSeconds(66));
    Map<String, CalibrationSnapshot> closed = new HashMap<>();
    pipe.read(Topics.CALIBRATION_HISTORY).stream()
        .forEach(pane -> closed.put(Keys.slice(pane) + pane.getWindowStart(), pane));
    assertThat(closed).isNotEmpty();
    closed.values().forEach(oracle::assertShown);
  }

  private static void assertAccounts(Accounting accounting, BatchOracle oracle) {
    Map<String, Long> labels = new HashMap<>(accounting.getLabels());
    labels.values().removeIf(count -> count == 0);
    assertThat(labels).isEqualTo(oracle.labelClasses());
    Map<String, Long> answers = new HashMap<>(accounting.getAnswers());
    answers.values().removeIf(count -> count == 0);
    assertThat(answers).isEqualTo(oracle.answerClasses());
    assertThat(accounting.getClosed()).isTrue();
  }
}
