package dev.nescio.evaluation;

import dev.nescio.schemas.Label;
import dev.nescio.schemas.LabelAction;
import dev.nescio.schemas.LabelSource;
import java.util.Comparator;

/**
 * What the join keeps of a label.
 *
 * @param id         hash of the label id; duplicates by it are ignored
 * @param answerId   the answer that is judged
 * @param retract    takes the label of its source back
 * @param correct    the verdict, null when the answer cannot be graded
 * @param source     kind of principal; ranks before everything else
 * @param revision   a later revision of the same source wins
 * @param labelledAt microseconds since 1970
 * @param offset     of the record in its partition; the last tie-break
 * @param wire       the whole record as it was read, for the late-label ledger and for examples
 */
record LabelFacts(
    long id,
    String answerId,
    boolean retract,
    Boolean correct,
    LabelSource source,
    long revision,
    long labelledAt,
    long offset,
    byte[] wire) {

  /** Later writer of one source, last. */
  static final Comparator<LabelFacts> WRITERS = Comparator.comparingLong(LabelFacts::revision)
      .thenComparingLong(LabelFacts::labelledAt).thenComparingLong(LabelFacts::offset);

  /** @throws IllegalArgumentException when an id is empty */
  static LabelFacts of(Label label, long offset, byte[] wire) {
    if (label.getLabelId().isEmpty()) throw new IllegalArgumentException("labelId is empty");
    if (label.getAnswerId().isEmpty()) throw new IllegalArgumentException("answerId is empty");
    return new LabelFacts(Hashes.of(label.getLabelId()), label.getAnswerId(), label.getAction() == LabelAction.RETRACT,
        label.getCorrect(), label.getSource(), label.getRevision(), AnswerFacts.micros(label.getLabelledAt()),
        offset, wire);
  }

  /** @param answerPrefix beginning of the answer's id that need not be written, since the reader knows it */
  void write(String answerPrefix, FieldWriter out) {
    out.fixed(id).text(answerId.substring(answerPrefix.length())).flag(retract).verdict(correct);
    out.octet(source.ordinal()).number(revision).number(labelledAt).number(offset).bytes(wire);
  }

  static LabelFacts read(String answerPrefix, FieldReader in) {
    return new LabelFacts(in.fixed(), answerPrefix + in.text(), in.flag(), in.verdict(),
        LabelSource.values()[in.octet()], in.number(), in.number(), in.number(), in.bytes());
  }
}
