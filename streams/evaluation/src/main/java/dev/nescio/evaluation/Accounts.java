package dev.nescio.evaluation;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts of label records and answers by class, for one partition. Mutable.
 *
 * <p>What was read is counted on its own, when it is read, so that {@link #closed} compares two independent sums.
 */
public final class Accounts {

  private static final LabelClass[] LABELS = LabelClass.values();
  private static final AnswerClass[] ANSWERS = AnswerClass.values();

  private final long[] labels = new long[LABELS.length];
  private final long[] answers = new long[ANSWERS.length];
  private long labelsRead;
  private long answersRead;
  private long answerDuplicates;

  public long labels(LabelClass kind) {
    return labels[kind.ordinal()];
  }

  public long answers(AnswerClass kind) {
    return answers[kind.ordinal()];
  }

  /** Label records read, whatever became of them. */
  public long labelsRead() {
    return labelsRead;
  }

  /** Distinct answers read. */
  public long answersRead() {
    return answersRead;
  }

  /** Answer records beyond the first of their id. */
  public long answerDuplicates() {
    return answerDuplicates;
  }

  /** True when both sums hold. */
  public boolean closed() {
    return Arrays.stream(labels).sum() == labelsRead && Arrays.stream(answers).sum() == answersRead;
  }

  void labelRead() {
    labelsRead++;
  }

  void answerRead() {
    answersRead++;
  }

  void answerRepeated() {
    answerDuplicates++;
  }

  void add(LabelClass kind, long count) {
    labels[kind.ordinal()] += count;
  }

  void add(AnswerClass kind, long count) {
    answers[kind.ordinal()] += count;
  }

  void add(Accounts other) {
    accumulate(other, 1);
  }

  void subtract(Accounts other) {
    accumulate(other, -1);
  }

  /** Counts by wire name, zero included. */
  Map<String, Long> labelsByName() {
    Map<String, Long> byName = new TreeMap<>();
    for (LabelClass kind : LABELS) byName.put(kind.wireName(), labels(kind));
    return byName;
  }

  /** Counts by wire name, zero included. */
  Map<String, Long> answersByName() {
    Map<String, Long> byName = new TreeMap<>();
    for (AnswerClass kind : ANSWERS) byName.put(kind.wireName(), answers(kind));
    return byName;
  }

  byte[] toBytes() {
    FieldWriter out = new FieldWriter().version(1);
    out.number(labelsRead).number(answersRead).number(answerDuplicates);
    for (long count : labels) out.number(count);
    for (long count : answers) out.number(count);
    return out.toBytes();
  }

  static Accounts fromBytes(byte[] bytes) {
    FieldReader in = new FieldReader(bytes);
    in.version("accounting", 1);
    Accounts accounts = new Accounts();
    accounts.labelsRead = in.number();
    accounts.answersRead = in.number();
    accounts.answerDuplicates = in.number();
    for (int i = 0; i < LABELS.length; i++) accounts.labels[i] = in.number();
    for (int i = 0; i < ANSWERS.length; i++) accounts.answers[i] = in.number();
    return accounts;
  }

  private void accumulate(Accounts other, int sign) {
    for (int i = 0; i < labels.length; i++) labels[i] += sign * other.labels[i];
    for (int i = 0; i < answers.length; i++) answers[i] += sign * other.answers[i];
    labelsRead += sign * other.labelsRead;
    answersRead += sign * other.answersRead;
    answerDuplicates += sign * other.answerDuplicates;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Accounts that && Arrays.equals(toBytes(), that.toBytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(toBytes());
  }

  @Override
  public String toString() {
    return "labels " + labelsRead + " " + labelsByName() + ", answers " + answersRead + " " + answersByName()
        + ", repeated " + answerDuplicates;
  }
}
