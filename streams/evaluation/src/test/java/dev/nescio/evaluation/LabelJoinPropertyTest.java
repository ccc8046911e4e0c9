package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.schemas.Decision;
import dev.nescio.schemas.LabelSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Any order of any history of one item ends where the batch computation does. */
class LabelJoinPropertyTest {

  private static final long HORIZON = 50;

  @Property(tries = 1000)
  void anyOrderEqualsTheBatch(@ForAll("histories") List<Object> history, @ForAll long seed) {
    List<Object> arrived = new ArrayList<>(history);
    Collections.shuffle(arrived, new Random(seed));
    LabelJoin join = new LabelJoin(Duration.ofNanos(HORIZON * 1_000), Duration.ofDays(1));
    ItemState item = new ItemState();
    Words words = new Words();
    Accounts accounts = new Accounts();
    Map<Contribution, Integer> counted = new HashMap<>();
    List<AnswerFacts> answers = new ArrayList<>();
    List<LabelFacts> labels = new ArrayList<>();

    for (int offset = 0; offset < arrived.size(); offset++) {
      JoinEffects effects;
      if (arrived.get(offset) instanceof LabelFacts label) {
        labels.add(Facts.at(label, offset));
        effects = join.onLabel(item, labels.getLast(), offset);
      } else {
        answers.add((AnswerFacts) arrived.get(offset));
        effects = join.onAnswer(item, answers.getLast(), offset);
      }
      accounts.add(effects.accounts);
      assertThat(accounts.closed()).isTrue();
      effects.changes.forEach(change -> apply(change, counted));
      item = ItemState.fromBytes("q", item.toBytes("q", words), words);
      assertEqualsBatch(new BatchOracle(answers, labels, HORIZON), accounts, counted);
    }
  }

  private static void assertEqualsBatch(BatchOracle oracle, Accounts accounts, Map<Contribution, Integer> counted) {
    for (LabelClass kind : LabelClass.values()) {
      assertThat(accounts.labels(kind)).as(kind.wireName())
          .isEqualTo(oracle.labelClasses().getOrDefault(kind.wireName(), 0L));
    }
    for (AnswerClass kind : AnswerClass.values()) {
      assertThat(accounts.answers(kind)).as(kind.wireName())
          .isEqualTo(oracle.answerClasses().getOrDefault(kind.wireName(), 0L));
    }
    assertThat(counted.values()).allMatch(count -> count == 1);
    Map<String, Boolean> expected = new HashMap<>();
    Map<String, Boolean> actual = new HashMap<>();
    oracle.verdicts().stream().filter(BatchOracle.Verdict::observed)
        .forEach(verdict -> expected.put(verdict.answer().answerId(), verdict.label().correct()));
    counted.keySet().stream().filter(contribution -> contribution.correct() != null)
        .forEach(contribution -> actual.put(contribution.answer().answerId(), contribution.correct()));
    assertThat(actual).isEqualTo(expected);
  }

  private static void apply(JoinEffects.Change change, Map<Contribution, Integer> counted) {
    if (change.before() != null && counted.merge(change.before(), -1, Integer::sum) == 0) {
      counted.remove(change.before());
    }
    counted.merge(change.after(), 1, Integer::sum);
  }

  @Provide
  Arbitrary<List<Object>> histories() {
    Arbitrary<Object> answers = Combinators.combine(Arbitraries.integers().between(1, 3),
        Arbitraries.of(Decision.values())).as((id, decision) ->
        Facts.answer("q~" + id, id * 10L, decision, id == 1 ? OptionalInt.empty() : OptionalInt.of(id)));
    Arbitrary<Object> labels = Combinators.combine(Arbitraries.integers().between(1, 9),
        Arbitraries.integers().between(1, 4), Arbitraries.of(LabelSource.values()),
        Arbitraries.of(true, false).injectNull(0.2), Arbitraries.integers().between(0, 2),
        Arbitraries.integers().between(0, 90), Arbitraries.of(true, false, false)).as(
        (id, answer, source, correct, revision, at, retract) -> new LabelFacts(Hashes.of("l" + id), "q~" + answer, retract,
            correct, source, revision, at, 0, new byte[0]));
    return Arbitraries.frequencyOf(Tuple.of(1, answers), Tuple.of(3, labels))
        .list().ofMaxSize(20);
  }
}
