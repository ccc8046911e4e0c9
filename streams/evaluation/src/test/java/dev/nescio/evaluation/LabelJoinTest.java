package dev.nescio.evaluation;

import static dev.nescio.evaluation.Facts.answer;
import static dev.nescio.evaluation.Facts.retracts;
import static dev.nescio.evaluation.Facts.says;
import static dev.nescio.schemas.LabelSource.GRADER;
import static dev.nescio.schemas.LabelSource.PERSON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.schemas.Decision;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LabelJoinTest {

  private static final long SECOND = 1_000_000;
  private static final long HORIZON = 100 * SECOND;
  private static final long KEEP = 110 * SECOND;

  private final LabelJoin join = new LabelJoin(Duration.ofSeconds(100), Duration.ofSeconds(10));
  private final Accounts accounts = new Accounts();
  private ItemState item = new ItemState();

  @Test
  void joinsALabelThatComesAfterItsAnswer() {
    answered(answer("q~1", 0));
    JoinEffects effects = labelled(says("l1", "q~1", PERSON, true, 0, SECOND));

    assertThat(effects.changes).singleElement()
        .satisfies(change -> assertThat(change.after().correct()).isTrue())
        .satisfies(change -> assertThat(change.before().labelled()).isFalse());
    assertThat(effects.joined).singleElement()
        .satisfies(joined -> assertThat(joined.label().id()).isEqualTo(Hashes.of("l1")));
    assertLabels(LabelClass.JOINED, 1);
    assertAnswers(AnswerClass.LABELLED, 1);
  }

  @Test
  void keepsALabelThatComesBeforeItsAnswer() {
    labelled(says("l1", "q~1", PERSON, false, 0, SECOND));
    assertLabels(LabelClass.WAITING, 1);

    JoinEffects effects = answered(answer("q~1", 0));

    assertThat(effects.changes).singleElement()
        .satisfies(change -> assertThat(change.before()).isNull())
        .satisfies(change -> assertThat(change.after().correct()).isFalse());
    assertLabels(LabelClass.WAITING, 0);
    assertLabels(LabelClass.JOINED, 1);
  }

  @Test
  void ignoresASecondRecordOfOneLabelId() {
    answered(answer("q~1", 0));
    labelled(says("l1", "q~1", PERSON, true, 0, SECOND));
    JoinEffects effects = labelled(says("l1", "q~1", PERSON, true, 0, SECOND));

    assertThat(effects.changes).isEmpty();
    assertLabels(LabelClass.DUPLICATE, 1);
    assertLabels(LabelClass.JOINED, 1);
  }

  @Test
  void ignoresASecondRecordOfOneAnswerId() {
    answered(answer("q~1", 0));
    JoinEffects effects = answered(answer("q~1", 0));

    assertThat(effects.changes).isEmpty();
    assertThat(accounts.answerDuplicates()).isEqualTo(1);
    assertThat(accounts.answersRead()).isEqualTo(1);
  }

  @Test
  void letsACorrectionOfTheSameSourceReplaceTheFirstVerdict() {
    answered(answer("q~1", 0));
    labelled(says("l1", "q~1", PERSON, true, 0, SECOND));
    JoinEffects effects = labelled(says("l2", "q~1", PERSON, false, 1, SECOND));

    assertThat(effects.changes).singleElement()
        .satisfies(change -> assertThat(change.before().correct()).isTrue())
        .satisfies(change -> assertThat(change.after().correct()).isFalse());
    assertLabels(LabelClass.JOINED, 1);
    assertLabels(LabelClass.SUPERSEDED, 1);
  }

  @Test
  void ranksAPersonAboveALaterGrader() {
    answered(answer("q~1", 0));
    labelled(says("l1", "q~1", PERSON, true, 0, SECOND));
    JoinEffects effects = labelled(says("l2", "q~1", GRADER, false, 9, 2 * SECOND));

    assertThat(effects.changes).singleElement()
        .satisfies(change -> assertThat(change.after().correct()).isTrue())
        .satisfies(change -> assertThat(change.after().opinions()).isEqualTo(new Opinions(true, null, false)));
    assertThat(effects.joined).isEmpty();
    assertLabels(LabelClass.SUPERSEDED, 1);
  }

  @Test
  void bringsTheGraderBackWhenThePersonRetracts() {
    answered(answer("q~1", 0));
    labelled(says("l1", "q~1", GRADER, false, 0, SECOND));
    labelled(says("l2", "q~1", PERSON, true, 0, 2 * SECOND));
    JoinEffects effects = labelled(retracts("l3", "q~1", PERSON, 1, 3 * SECOND));

    assertThat(effects.changes).singleElement()
        .satisfies(change -> assertThat(change.after().correct()).isFalse());
    assertThat(effects.joined).singleElement()
        .satisfies(joined -> assertThat(joined.label().id()).isEqualTo(Hashes.of("l1")));
    assertLabels(LabelClass.RETRACTION, 1);
    assertLabels(LabelClass.RETRACTED, 1);
    assertLabels(LabelClass.JOINED, 1);
  }

  @Test
  void leavesTheAnswerWaitingWhenTheOnlyLabelIsTakenBack() {
    answered(answer("q~1", 0));
    labelled(says("l1", "q~1", PERSON, true, 0, SECOND));
    labelled(retracts("l2", "q~1", PERSON, 1, 3 * SECOND));

    assertAnswers(AnswerClass.WAITING, 1);
    assertLabels(LabelClass.RETRACTED, 1);
  }

  @Test
  void callsALabelLateOnlyAfterTheHorizon() {
    answered(answer("q~1", SECOND));
    labelled(says("on-time", "q~1", PERSON, true, 0, SECOND + HORIZON));
    JoinEffects effects = labelled(says("late", "q~1", PERSON, false, 1, SECOND + HORIZON + 1));

    assertThat(effects.ledgered).singleElement()
        .satisfies(ledgered -> assertThat(ledgered.reason()).isEqualTo(LabelClass.LATE));
    assertThat(effects.changes).singleElement().satisfies(change -> assertThat(change.after().late()).isEqualTo(1));
    assertLabels(LabelClass.JOINED, 1);
    assertLabels(LabelClass.LATE, 1);
  }

  @Test
  void callsALabelLateAlsoWhenItWaitedForItsAnswer() {
    labelled(says("late", "q~1", PERSON, true, 0, HORIZON + 1));
    JoinEffects effects = answered(answer("q~1", 0));

    assertThat(effects.ledgered).hasSize(1);
    assertAnswers(AnswerClass.WAITING, 1);
    assertLabels(LabelClass.LATE, 1);
    assertLabels(LabelClass.WAITING, 0);
  }

  @Test
  void ledgersALabelOfAnEvictedAnswer() {
    answered(answer("q~1", 0));
    apply(join.evict(item, KEEP));
    assertAnswers(AnswerClass.EXPIRED, 1);

    JoinEffects effects = labelled(says("l1", "q~1", PERSON, true, 0, SECOND));

    assertThat(effects.ledgered).singleElement()
        .satisfies(ledgered -> assertThat(ledgered.reason()).isEqualTo(LabelClass.AFTER_EVICTION))
        .satisfies(ledgered -> assertThat(ledgered.answeredAt()).hasValue(0));
    assertLabels(LabelClass.AFTER_EVICTION, 1);
  }

  @Test
  void keepsALabelledAnswerLabelledWhenItsStateGoes() {
    answered(answer("q~1", 0));
    labelled(says("l1", "q~1", PERSON, true, 0, SECOND));
    JoinEffects effects = join.evict(item, KEEP);
    apply(effects);

    assertThat(item.answers).isEmpty();
    assertThat(effects.changes).isEmpty();
    assertAnswers(AnswerClass.LABELLED, 1);
    assertLabels(LabelClass.JOINED, 1);
  }

  @Test
  void callsALabelAnOrphanWhenItsAnswerNeverComes() {
    labelled(says("l1", "q~1", PERSON, true, 0, SECOND));
    apply(join.evict(item, KEEP - 1));
    assertLabels(LabelClass.WAITING, 1);
    apply(join.evict(item, KEEP));

    assertLabels(LabelClass.WAITING, 0);
    assertLabels(LabelClass.ORPHAN, 1);
    assertThat(item.isEmpty()).isTrue();
  }

  @Test
  void forgetsEverythingInTheEnd() {
    answered(answer("q~1", 0));
    labelled(says("l1", "q~1", PERSON, true, 0, SECOND));
    apply(join.evict(item, KEEP));
    assertThat(item.nextDeadline()).isEqualTo(2 * KEEP);
    apply(join.evict(item, 2 * KEEP));

    assertThat(item.isEmpty()).isTrue();
  }

  @Test
  void countsAnErrorAnswerAsAnErrorWhateverIsSaidAboutIt() {
    answered(answer("q~1", 0, Decision.ERROR, OptionalInt.empty()));
    JoinEffects effects = labelled(says("l1", "q~1", PERSON, true, 0, SECOND));

    assertThat(effects.changes).isEmpty();
    assertAnswers(AnswerClass.ERROR, 1);
    assertLabels(LabelClass.JOINED, 1);
  }

  @Test
  void gradesWhenAnswerAndReferenceAreBothThere() {
    ReferenceFacts reference = new ReferenceFacts(List.of("Lima"), true, 0, 0);
    assertThat(apply(join.onReference(item, reference)).toGrade).isEmpty();
    assertThat(answered(answer("q~1", 0)).toGrade).hasSize(1);
    assertThat(answered(answer("q~2", 0, Decision.ERROR, OptionalInt.empty())).toGrade).isEmpty();

    assertThat(apply(join.onReference(item, new ReferenceFacts(List.of("Lima"), true, 1, 1))).toGrade).isEmpty();
    assertThat(apply(join.onReference(item, new ReferenceFacts(List.of("Cusco"), true, 2, 2))).toGrade)
        .extracting(AnswerFacts::answerId).containsExactly("q~1");
    assertThat(apply(join.onReference(item, new ReferenceFacts(List.of("Puno"), true, 1, 9))).toGrade).isEmpty();
    assertThat(item.reference.answers()).containsExactly("Cusco");
  }

  private JoinEffects answered(AnswerFacts answer) {
    return apply(join.onAnswer(item, answer, 0));
  }

  private JoinEffects labelled(LabelFacts label) {
    return apply(join.onLabel(item, label, 0));
  }

  /** Also sends the state through its byte form after every step. */
  private JoinEffects apply(JoinEffects effects) {
    accounts.add(effects.accounts);
    assertThat(accounts.closed()).as(accounts.toString()).isTrue();
    Words words = new Words();
    byte[] bytes = item.toBytes("q", words);
    item = ItemState.fromBytes("q", bytes, words);
    assertThat(item.toBytes("q", words)).isEqualTo(bytes);
    return effects;
  }

  private void assertLabels(LabelClass kind, long count) {
    assertThat(accounts.labels(kind)).as(kind.wireName()).isEqualTo(count);
  }

  private void assertAnswers(AnswerClass kind, long count) {
    assertThat(accounts.answers(kind)).as(kind.wireName()).isEqualTo(count);
  }
}
