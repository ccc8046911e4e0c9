package dev.nescio.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** What one input did. Everything that leaves the join goes through here. */
final class JoinEffects {

  /** An answer counts differently now; {@code before} is null when it is new. */
  record Change(Contribution before, Contribution after) {}

  /** A label that does not count, for the ledger. */
  record Ledgered(LabelFacts label, LabelClass reason, OptionalLong answeredAt) {}

  /** An answer got another label in force. */
  record Joined(AnswerFacts answer, LabelFacts label) {}

  final Accounts accounts = new Accounts();
  final List<Change> changes = new ArrayList<>();
  final List<Ledgered> ledgered = new ArrayList<>();
  final List<Joined> joined = new ArrayList<>();
  /** Answers to grade against the reference of the item. */
  final List<AnswerFacts> toGrade = new ArrayList<>();
}
