package dev.nescio.evaluation;

import dev.nescio.schemas.Decision;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the join keeps of one answer, for audits of the state itself rather than of what was published from it.
 *
 * @param answerId     the answer
 * @param decision     as on its record
 * @param confidence   units of 10⁻⁹, empty when uncalibrated
 * @param correct      verdict that counts in metrics; null without one, and for an answer with decision {@code ERROR}
 * @param late         labels about it that came too late
 * @param labelInForce record as it was read from the topic of labels; empty without one
 */
public record KeptAnswer(
    String answerId, Decision decision, OptionalInt confidence, Boolean correct, int late,
    Optional<byte[]> labelInForce) {

  /** Name of the store of items, by question id. */
  public static final String ITEMS = GradeAndJoin.ITEMS;

  /** Name of the store of words that items of the same partition are written with, by number from 0 on. */
  public static final String WORDS = GradeAndJoin.WORDS;

  /**
   * Reads the answers of an item.
   *
   * @param questionId key of the item
   * @param item       value in the store or its changelog
   * @param words      of the same partition, in the order of their numbers
   * @throws RuntimeException when the bytes are no item
   */
  public static List<KeptAnswer> of(String questionId, byte[] item, List<String> words) {
    ItemState state = ItemState.fromBytes(questionId, item, Words.of(words));
    return state.answers.values().stream().map(KeptAnswer::of).toList();
  }

  private static KeptAnswer of(AnswerState state) {
    Contribution counted = state.contribution();
    return new KeptAnswer(state.facts().answerId(), state.facts().decision(), state.facts().confidence(),
        counted.correct(), counted.late(), state.inForce().map(LabelFacts::wire));
  }
}
