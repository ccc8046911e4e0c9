package dev.nescio.judge;

import dev.nescio.grading.JudgeProtocol;
import dev.nescio.grading.Judgement;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.LabelAction;
import dev.nescio.schemas.LabelSource;
import dev.nescio.schemas.Reference;
import dev.nescio.schemas.topics.Ids;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a judgement becomes. The id is a function of answer, judge and reference: judging again makes a duplicate. */
final class JudgeLabels {

  private static final int DIGEST_CHARS = 12;

  private final String principal;

  /** @param modelDigest of base and adapter of the judge */
  JudgeLabels(String modelDigest) {
    this.principal = JudgeProtocol.NAME + "@" + modelDigest.substring(0, Math.min(DIGEST_CHARS, modelDigest.length()));
  }

  String principal() {
    return principal;
  }

  Label of(Answer answer, Reference reference, Judgement judgement, Instant now) {
    Boolean correct = judgement.correct().orElse(null);
    return Label.newBuilder()
        .setLabelId("judge-" + Ids.labelId(answer.getAnswerId(), LabelSource.JUDGE.name(), principal,
            LabelAction.ASSERT.name(), reference.getRevision(), String.join("\n", reference.getAnswers())))
        .setAnswerId(answer.getAnswerId())
        .setAction(LabelAction.ASSERT)
        .setCorrect(correct)
        .setGrades(correct == null ? Map.of() : Map.of(JudgeProtocol.NAME, correct))
        .setSource(LabelSource.JUDGE)
        .setPrincipal(principal)
        .setRevision(reference.getRevision())
        .setLabelledAt(now.isBefore(answer.getAnsweredAt()) ? answer.getAnsweredAt() : now)
        .setReason(reason(judgement))
        .build();
  }

  private static String reason(Judgement judgement) {
    String basis = judgement.basis().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return String.join(": ", judgement.reply().isEmpty() ? List.of(basis) : List.of(basis, judgement.reply().strip()));
  }
}
