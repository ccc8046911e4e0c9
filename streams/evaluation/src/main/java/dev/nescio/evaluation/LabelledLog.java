package dev.nescio.evaluation;

import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.topics.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Recorded answers with the verdict that is in force in the end, by the same rules as the running evaluation: last
 * writer of the highest source, retractions, lateness. For looking back; everything is held in memory.
 */
public final class LabelledLog {

  /**
   * An answer and what is known about it.
   *
   * @param answer     the record
   * @param correct    the verdict in force; empty without one, or when it cannot be graded
   * @param labelledAt when that was said
   */
  public record Entry(Answer answer, Optional<Boolean> correct, Optional<Instant> labelledAt) {}

  private final LabelJoin join;
  private final LabelTrust trust = new LabelTrust(LabelTrust.ANYBODY, "");
  private final Words words = new Words();
  private final Map<String, ItemState> items = new HashMap<>();
  private final Map<String, Answer> answers = new HashMap<>();
  private final Accounts accounts = new Accounts();

  /** @param horizon a label given later than this after its answer is late */
  public LabelledLog(Duration horizon) {
    this.join = new LabelJoin(horizon, Duration.ofDays(1));
  }

  /** The next answer; the first of its id counts. */
  public void add(Answer answer) {
    AnswerFacts facts = AnswerFacts.of(answer, words);
    answers.putIfAbsent(answer.getAnswerId(), answer);
    accounts.add(join.onAnswer(item(answer.getAnswerId()), facts, 0).accounts);
  }

  /** The next label of its partition, at this offset. */
  public void add(Label label, long offset) {
    LabelFacts facts = LabelFacts.of(label, offset, new byte[0]);
    ItemState item = item(label.getAnswerId());
    accounts.add((trust.trusts(label.getSource(), label.getPrincipal())
        ? join.onLabel(item, facts, 0) : join.onUntrusted(item, facts)).accounts);
  }

  /** Where every record is. */
  public Accounts accounts() {
    return accounts;
  }

  /** All answers by their own time. */
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    for (ItemState item : items.values()) {
      for (AnswerState state : item.answers.values()) {
        Optional<LabelFacts> label = state.inForce();
        entries.add(new Entry(answers.get(state.facts().answerId()), label.map(LabelFacts::correct),
            label.map(said -> Grading.instant(said.labelledAt()))));
      }
    }
    entries.sort(Comparator.comparing((Entry entry) -> entry.answer().getAnsweredAt())
        .thenComparing(entry -> entry.answer().getAnswerId()));
    return entries;
  }

  private ItemState item(String answerId) {
    return items.computeIfAbsent(Ids.questionIdOf(answerId), ignored -> new ItemState());
  }
}
