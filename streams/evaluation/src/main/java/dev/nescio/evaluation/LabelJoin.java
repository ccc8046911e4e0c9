package dev.nescio.evaluation;

import dev.nescio.evaluation.JoinEffects.Change;
import dev.nescio.evaluation.JoinEffects.Joined;
import dev.nescio.evaluation.JoinEffects.Ledgered;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * The join of answers, references and labels of one item, as a state machine without Kafka and without a clock of its
 * own.
 *
 * <p>Labels of one source: the last writer by (revision, labelledAt, offset) stands; a retraction is a write that
 * leaves the source without an opinion. Among sources the highest that says something is in force: person, judge,
 * grader, signal. So a person's retraction brings the grader's verdict back. What an answer counts as is a function of
 * the set of its labels, whatever order they came in.
 *
 * <p><em>Late</em> is a function of two records: {@code labelledAt > answeredAt + horizon}. The time handed in decides
 * only when state may go: {@code horizon + slack} after the later of the answer's own time and its arrival.
 */
final class LabelJoin {

  private final long horizonMicros;
  private final long keepMicros;

  LabelJoin(Duration horizon, Duration slack) {
    this.horizonMicros = micros(horizon);
    this.keepMicros = Math.addExact(horizonMicros, micros(slack));
  }

  long horizonMicros() {
    return horizonMicros;
  }

  /** An answer; the first of its id counts. */
  JoinEffects onAnswer(ItemState item, AnswerFacts answer, long nowMicros) {
    JoinEffects effects = new JoinEffects();
    if (item.answers.containsKey(answer.answerId()) || item.tombstone(answer.answerId()) != null) {
      effects.accounts.answerRepeated();
      return effects;
    }
    AnswerState state = new AnswerState(answer, Math.max(answer.answeredAt(), nowMicros) + keepMicros);
    item.answers.put(answer.answerId(), state);
    effects.accounts.answerRead();
    admitEarlyLabels(item, state, effects);
    effects.accounts.add(state.accounts());
    effects.changes.add(new Change(null, state.contribution()));
    state.inForce().ifPresent(label -> effects.joined.add(new Joined(answer, label)));
    if (item.reference != null && !answer.failed()) effects.toGrade.add(answer);
    return effects;
  }

  /** A label whose principal is not trusted: ledgered, and no part of any state. */
  JoinEffects onUntrusted(ItemState item, LabelFacts label) {
    JoinEffects effects = new JoinEffects();
    effects.accounts.labelRead();
    AnswerState state = item.answers.get(label.answerId());
    ledger(label, LabelClass.QUARANTINED,
        state == null ? OptionalLong.empty() : OptionalLong.of(state.facts().answeredAt()), effects);
    return effects;
  }

  /** A label of a trusted principal. */
  JoinEffects onLabel(ItemState item, LabelFacts label, long nowMicros) {
    JoinEffects effects = new JoinEffects();
    effects.accounts.labelRead();
    if (item.seen.putIfAbsent(label.id(), nowMicros + keepMicros) != null) {
      effects.accounts.add(LabelClass.DUPLICATE, 1);
      return effects;
    }
    AnswerState state = item.answers.get(label.answerId());
    if (state != null) {
      change(state, effects, changed -> admit(changed, label, effects));
      return effects;
    }
    ItemState.Tombstone stone = item.tombstone(label.answerId());
    if (stone != null) {
      ledger(label, late(label, stone.answeredAt()) ? LabelClass.LATE : LabelClass.AFTER_EVICTION,
          OptionalLong.of(stone.answeredAt()), effects);
      return effects;
    }
    item.early.add(new ItemState.Early(label, nowMicros + keepMicros));
    effects.accounts.add(LabelClass.WAITING, 1);
    return effects;
  }

  /**
   * A reference; an older one than the one known is ignored, and one that accepts the same answers grades nothing anew.
   */
  JoinEffects onReference(ItemState item, ReferenceFacts reference) {
    JoinEffects effects = new JoinEffects();
    ReferenceFacts known = item.reference;
    if (known != null && !reference.replaces(known)) return effects;
    item.reference = reference;
    if (known != null && reference.gradesLike(known)) return effects;
    for (AnswerState state : item.answers.values()) {
      if (!state.facts().failed()) effects.toGrade.add(state.facts());
    }
    return effects;
  }

  /** The reference was withdrawn: later answers are not graded, and grades already given stand. */
  JoinEffects onReferenceGone(ItemState item) {
    item.reference = null;
    return new JoinEffects();
  }

  /** Lets go of what has outlived horizon and slack. */
  JoinEffects evict(ItemState item, long nowMicros) {
    JoinEffects effects = new JoinEffects();
    for (Iterator<AnswerState> left = item.answers.values().iterator(); left.hasNext();) {
      AnswerState state = left.next();
      if (state.evictAt() > nowMicros) continue;
      if (state.answerClass() == AnswerClass.WAITING) {
        effects.accounts.add(AnswerClass.WAITING, -1);
        effects.accounts.add(AnswerClass.EXPIRED, 1);
      }
      String answerId = state.facts().answerId();
      item.tombstones.put(Hashes.of(answerId),
          new ItemState.Tombstone(state.facts().answeredAt(), nowMicros + keepMicros));
      left.remove();
    }
    item.early.removeIf(early -> {
      if (early.evictAt() > nowMicros) return false;
      effects.accounts.add(LabelClass.WAITING, -1);
      effects.accounts.add(LabelClass.ORPHAN, 1);
      return true;
    });
    item.seen.values().removeIf(forgetAt -> forgetAt <= nowMicros);
    item.tombstones.values().removeIf(stone -> stone.forgetAt() <= nowMicros);
    return effects;
  }

  private void admitEarlyLabels(ItemState item, AnswerState state, JoinEffects effects) {
    for (Iterator<ItemState.Early> left = item.early.iterator(); left.hasNext();) {
      LabelFacts label = left.next().label();
      if (!label.answerId().equals(state.facts().answerId())) continue;
      effects.accounts.add(LabelClass.WAITING, -1);
      admit(state, label, effects);
      left.remove();
    }
  }

  private void admit(AnswerState state, LabelFacts label, JoinEffects effects) {
    if (late(label, state.facts().answeredAt())) {
      state.countLate();
      ledger(label, LabelClass.LATE, OptionalLong.of(state.facts().answeredAt()), effects);
    } else {
      state.take(label);
    }
  }

  private static void change(AnswerState state, JoinEffects effects, Consumer<AnswerState> input) {
    Accounts accountsBefore = state.accounts();
    Contribution before = state.contribution();
    Optional<LabelFacts> inForceBefore = state.inForce();
    input.accept(state);
    effects.accounts.subtract(accountsBefore);
    effects.accounts.add(state.accounts());
    Contribution after = state.contribution();
    if (!after.equals(before)) effects.changes.add(new Change(before, after));
    state.inForce().filter(label -> inForceBefore.isEmpty() || inForceBefore.get() != label)
        .ifPresent(label -> effects.joined.add(new Joined(state.facts(), label)));
  }

  private boolean late(LabelFacts label, long answeredAt) {
    return label.labelledAt() > answeredAt + horizonMicros;
  }

  private static void ledger(LabelFacts label, LabelClass reason, OptionalLong answeredAt, JoinEffects effects) {
    effects.accounts.add(reason, 1);
    effects.ledgered.add(new Ledgered(label, reason, answeredAt));
  }

  private static long micros(Duration duration) {
    return Math.addExact(Math.multiplyExact(duration.getSeconds(), 1_000_000L), duration.getNano() / 1_000);
  }
}
