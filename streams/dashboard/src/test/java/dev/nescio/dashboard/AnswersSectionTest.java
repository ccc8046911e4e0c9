package dev.nescio.dashboard;

import static dev.nescio.dashboard.Records.T0;
import static dev.nescio.dashboard.Records.answer;
import static dev.nescio.dashboard.Records.give;
import static dev.nescio.dashboard.Records.label;
import static dev.nescio.dashboard.Records.question;
import static dev.nescio.dashboard.Records.received;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.LabelAction;
import dev.nescio.schemas.LabelSource;
import dev.nescio.schemas.topics.Topics;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswersSectionTest {

  private final Hub hub = new Hub();
  private final AnswersSection section = new AnswersSection(3);

  private void ask(String id, String text) {
    give(section, Topics.QUESTIONS.name(), received(id, question(text)));
  }

  private void reply(String id, Decision decision, int second) {
    give(section, Topics.ANSWERS.name(), received(id, answer(id + "~1", decision, "Lima", T0.plusSeconds(second))));
  }

  private void judge(Label label) {
    give(section, Topics.LABELS.name(), received("q1", label));
  }

  private AnswerView shown(String answerId) {
    section.publish(hub);
    return hub.latest("answer").stream()
        .map(u -> (AnswerView) u.value())
        .filter(a -> a.answerId().equals(answerId))
        .findFirst()
        .orElseThrow();
  }

  private List<long[]> secondsBuckets() {
    section.publish(hub);
    return hub.latest("activity").stream()
        .map(u -> (Activity.View) u.value())
        .filter(v -> v.model().equals("*") && v.bucketSeconds() == 10)
        .findFirst()
        .orElseThrow()
        .buckets();
  }

  @Test
  void joinsQuestionAnswerAndLabelInAnyOrder() {
    judge(label("q1~1", true, LabelSource.GRADER, 0, LabelAction.ASSERT));
    reply("q1", Decision.ANSWER, 1);
    section.publish(hub);
    ask("q1", "What is the capital of Peru?");

    AnswerView view = shown("q1~1");

    assertThat(view.question()).isEqualTo("What is the capital of Peru?");
    assertThat(view.label().correct()).isTrue();
    assertThat(view.decision()).isEqualTo("ANSWER");
  }

  @Test
  void keepsOnlyTheNewestAndTakesTheOthersAway() {
    for (int i = 1; i <= 5; i++) {
      reply("q" + i, Decision.ANSWER, i);
      section.publish(hub);
    }

    assertThat(hub.latest("answer")).extracting(Update::key).containsExactlyInAnyOrder("q3~1", "q4~1", "q5~1");
  }

  @Test
  void countsARepeatedAnswerOnce() {
    reply("q1", Decision.ANSWER, 1);
    reply("q1", Decision.ANSWER, 1);

    assertThat(secondsBuckets()).containsExactly(new long[] {T0.getEpochSecond(), 0, 0, 1, 0, 0, 0, 0});
  }

  @Test
  void movesAnAnswerBetweenOutcomesAsItsLabelChanges() {
    reply("q1", Decision.ANSWER, 1);
    judge(label("q1~1", false, LabelSource.GRADER, 0, LabelAction.ASSERT));
    assertThat(secondsBuckets()).containsExactly(new long[] {T0.getEpochSecond(), 0, 1, 0, 0, 0, 0, 0});

    judge(label("q1~1", true, LabelSource.PERSON, 0, LabelAction.ASSERT));
    assertThat(secondsBuckets()).containsExactly(new long[] {T0.getEpochSecond(), 1, 0, 0, 0, 0, 0, 0});

    judge(label("q1~1", true, LabelSource.GRADER, 1, LabelAction.ASSERT));
    judge(label("q1~1", null, LabelSource.PERSON, 1, LabelAction.RETRACT));
    judge(label("q1~1", null, LabelSource.GRADER, 2, LabelAction.RETRACT));
    assertThat(secondsBuckets()).containsExactly(new long[] {T0.getEpochSecond(), 0, 0, 1, 0, 0, 0, 0});
  }

  @Test
  void ignoresAnOlderRevisionOfTheSameSource() {
    reply("q1", Decision.IDK, 1);
    judge(label("q1~1", true, LabelSource.GRADER, 3, LabelAction.ASSERT));
    judge(label("q1~1", false, LabelSource.GRADER, 2, LabelAction.ASSERT));

    assertThat(shown("q1~1").label().correct()).isTrue();
    assertThat(secondsBuckets()).containsExactly(new long[] {T0.getEpochSecond(), 0, 0, 0, 1, 0, 0, 0});
  }

  @Test
  void shortensLongTextsBetweenCharacters() {
    ask("q1", "x".repeat(599) + "\uD83D\uDE00".repeat(10));
    reply("q1", Decision.ANSWER, 1);

    assertThat(shown("q1~1").question()).hasSize(600).endsWith("x…");
  }
}
