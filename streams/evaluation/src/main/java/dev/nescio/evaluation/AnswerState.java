package dev.nescio.evaluation;

import dev.nescio.schemas.LabelSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** One answer with the labels about it. Mutable; what it counts as is a function of the labels, not of their order. */
final class AnswerState {

  private static final List<LabelSource> BY_RANK =
      List.of(LabelSource.PERSON, LabelSource.JUDGE, LabelSource.GRADER, LabelSource.SIGNAL);

  private final AnswerFacts facts;
  private final long evictAt;
  private final Map<LabelSource, SourceStanding> standings = new EnumMap<>(LabelSource.class);
  private int late;

  AnswerState(AnswerFacts facts, long evictAt) {
    this.facts = facts;
    this.evictAt = evictAt;
  }

  AnswerFacts facts() {
    return facts;
  }

  long evictAt() {
    return evictAt;
  }

  /** Takes a label that is neither a duplicate nor late. */
  void take(LabelFacts label) {
    standings.merge(label.source(), SourceStanding.first(label), (standing, ignored) -> standing.and(label));
  }

  void countLate() {
    late++;
  }

  /** The label of the highest source that says something now. */
  Optional<LabelFacts> inForce() {
    for (LabelSource source : BY_RANK) {
      SourceStanding standing = standings.get(source);
      if (standing != null && standing.asserting()) return Optional.of(standing.top());
    }
    return Optional.empty();
  }

  /** Classes of this answer and of the labels it took. */
  Accounts accounts() {
    Accounts accounts = new Accounts();
    Optional<LabelFacts> inForce = inForce();
    for (SourceStanding standing : standings.values()) {
      standing.account(inForce.isPresent() && inForce.get() == standing.top(), accounts);
    }
    accounts.add(answerClass(), 1);
    return accounts;
  }

  AnswerClass answerClass() {
    if (facts.failed()) return AnswerClass.ERROR;
    return inForce().isPresent() ? AnswerClass.LABELLED : AnswerClass.WAITING;
  }

  /** What this answer adds to every window that it is in. */
  Contribution contribution() {
    Optional<LabelFacts> inForce = inForce();
    boolean counts = !facts.failed();
    return new Contribution(facts.withoutCandidate(), answerClass() == AnswerClass.LABELLED,
        counts ? inForce.map(LabelFacts::correct).orElse(null) : null, late,
        counts && inForce.isPresent()
            ? OptionalLong.of(inForce.get().labelledAt() - facts.answeredAt()) : OptionalLong.empty(),
        counts ? new Opinions(opinion(LabelSource.PERSON), opinion(LabelSource.JUDGE), opinion(LabelSource.GRADER))
            : Opinions.NONE);
  }

  private Boolean opinion(LabelSource source) {
    SourceStanding standing = standings.get(source);
    return standing == null || !standing.asserting() ? null : standing.top().correct();
  }

  void write(String questionId, FieldWriter out) {
    facts.write(questionId, out);
    out.number(evictAt - facts.answeredAt()).number(late).number(standings.size());
    for (SourceStanding standing : standings.values()) {
      standing.top().write(facts.answerId(), out);
      out.number(standing.asserts()).number(standing.retracts());
    }
  }

  static AnswerState read(String questionId, FieldReader in) {
    AnswerFacts facts = AnswerFacts.read(questionId, in);
    AnswerState state = new AnswerState(facts, facts.answeredAt() + in.number());
    state.late = in.count();
    int sources = in.count();
    for (int i = 0; i < sources; i++) {
      SourceStanding standing = new SourceStanding(LabelFacts.read(facts.answerId(), in), in.count(), in.count());
      state.standings.put(standing.top().source(), standing);
    }
    return state;
  }
}
