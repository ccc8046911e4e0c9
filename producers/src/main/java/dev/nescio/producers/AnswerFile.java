package dev.nescio.producers;

import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.RawScore;
import dev.nescio.schemas.ScoreKind;
import dev.nescio.schemas.topics.Ids;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads answers that another system made, from JSON Lines: {@code answer}, {@code model} and either
 * {@code questionId} or {@code question}; {@code confidence} (from 0 to 1, the probability of being correct that the
 * other system states; kept as the raw score {@value #STATED} too), {@code decision} (ANSWER by default),
 * {@code modelDigest}, {@code askId}, {@code context}, {@code tenant}, {@code domain}, {@code askedAt} and
 * {@code answeredAt} may stand beside them. Other texts and numbers become attributes.
 */
public final class AnswerFile {

  /** Name of the estimator that the stated confidence counts under. */
  public static final String STATED = "stated";
  /** Policy version of answers that no policy of ours decided. */
  public static final String POLICY = "foreign";

  private static final Set<String> NAMED = Set.of("answer", "model", "questionId", "question", "confidence",
      "decision", "modelDigest", "askId", "context", "tenant", "domain", "askedAt", "answeredAt");

  private final Clock clock;
  private final String askId;

  /** The clock and the name of the run fill in for {@code answeredAt} and {@code askId}. */
  public AnswerFile(Clock clock, String askId) {
    this.clock = clock;
    this.askId = askId;
  }

  /**
   * Reads a file.
   *
   * @throws java.io.UncheckedIOException when there is no such file, or it cannot be read
   */
  public Lines<Answer> read(Path file) {
    return JsonLines.read(file, (fields, line) -> answer(fields));
  }

  private Answer answer(Fields fields) {
    String tenant = fields.optionalText("tenant").orElse("default");
    String model = fields.text("model", "my-model-1");
    String digest = fields.optionalText("modelDigest").orElse("foreign:" + model);
    String asked = fields.optionalText("askId").orElse(askId);
    String questionId = fields.optionalText("questionId").orElseGet(() -> Ids.questionId(tenant,
        fields.text("question", "What is the capital of Peru?"), fields.optionalText("context").orElse(null)));
    Instant answeredAt = fields.instant("answeredAt").orElseGet(clock::instant);
    Optional<Double> confidence = fields.probability("confidence").map(p -> Math.rint(p * 1e9) / 1e9);
    return Answer.newBuilder()
        .setAnswerId(Ids.answerId(questionId, asked, digest, POLICY, 0)).setAskId(asked)
        .setCandidate(fields.anyText("answer", "Lima"))
        .setDecision(fields.choice("decision", Decision.class).orElse(Decision.ANSWER))
        .setReason("decided by " + model)
        .setConfidence(confidence.orElse(null)).setConfidenceReason(confidence.isEmpty() ? "none stated" : null)
        .setEstimator(STATED)
        .setScores(confidence.<Map<String, RawScore>>map(p ->
            Map.of(STATED, new RawScore(p, ScoreKind.PROBABILITY, null))).orElse(Map.of()))
        .setModelVersion(model).setModelDigest(digest).setPolicyVersion(POLICY)
        .setTenant(tenant).setDomain(fields.optionalText("domain").orElse("default")).setForeign(true)
        .setAskedAt(fields.instant("askedAt").orElse(answeredAt)).setAnsweredAt(answeredAt)
        .setAttributes(fields.others(NAMED)).build();
  }
}
