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
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads answers that another system made, from JSON Lines: {@code answer}, {@code model} and either
 * {@code questionId} or {@code question}. What it says about them may stand beside: {@code confidence} (from 0 to 1, the
 * probability of being correct that the other system states; kept as the raw score {@value #STATED} too),
 * {@code scores} (an object of numbers by name, higher is more confident), {@code estimator} (which of these counts),
 * {@code pIdk}, {@code decision} (ANSWER by default), {@code modelDigest}, {@code askId}, {@code context},
 * {@code tenant}, {@code domain}, {@code askedAt} and {@code answeredAt}. Other texts and numbers become attributes.
 */
public final class AnswerFile {

  /** Name of the estimator that the stated confidence counts under. */
  public static final String STATED = "stated";
  /** Policy version of answers that no policy of ours decided. */
  public static final String POLICY = "foreign";

  /** Fields that say which answer it is. */
  static final Set<String> IDENTITY =
      Set.of("model", "modelDigest", "questionId", "question", "context", "tenant", "askId");

  private static final Set<String> NAMED = union(IDENTITY, Set.of("answer", "confidence", "scores", "estimator", "pIdk",
      "decision", "domain", "askedAt", "answeredAt"));

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
    String model = fields.text("model", "my-model-1");
    String asked = fields.optionalText("askId").orElse(askId);
    Instant answeredAt = fields.instant("answeredAt").orElseGet(clock::instant);
    Optional<Double> confidence = fields.probability("confidence").map(AnswerFile::rounded);
    Map<String, RawScore> scores = scores(fields, confidence);
    return Answer.newBuilder()
        .setAnswerId(answerId(fields, asked)).setAskId(asked)
        .setCandidate(fields.anyText("answer", "Lima"))
        .setDecision(fields.choice("decision", Decision.class).orElse(Decision.ANSWER))
        .setReason("decided by " + model)
        .setConfidence(confidence.orElse(null)).setConfidenceReason(confidence.isEmpty() ? "none stated" : null)
        .setEstimator(estimator(fields, scores)).setScores(scores)
        .setPIdk(fields.probability("pIdk").map(AnswerFile::rounded).orElse(null))
        .setModelVersion(model).setModelDigest(digest(fields)).setPolicyVersion(POLICY)
        .setTenant(tenant(fields)).setDomain(fields.optionalText("domain").orElse("default")).setForeign(true)
        .setAskedAt(fields.instant("askedAt").orElse(answeredAt)).setAnsweredAt(answeredAt)
        .setAttributes(fields.others(NAMED)).build();
  }

  /** Id of the answer that these fields and this asking name; the same for the same. */
  static String answerId(Fields fields, String asked) {
    String questionId = fields.optionalText("questionId").orElseGet(() -> Ids.questionId(tenant(fields),
        fields.text("question", "What is the capital of Peru?"), fields.optionalText("context").orElse(null)));
    return Ids.answerId(questionId, asked, digest(fields), POLICY, 0);
  }

  private static String tenant(Fields fields) {
    return fields.optionalText("tenant").orElse("default");
  }

  private static String digest(Fields fields) {
    return fields.optionalText("modelDigest").orElseGet(() -> "foreign:" + fields.text("model", "my-model-1"));
  }

  private static Map<String, RawScore> scores(Fields fields, Optional<Double> confidence) {
    Map<String, RawScore> scores = new TreeMap<>();
    fields.numbers("scores").forEach((name, value) -> scores.put(name, new RawScore(value, ScoreKind.UNBOUNDED, null)));
    if (scores.containsKey(STATED)) {
      throw new BadFieldException("scores", "has \"" + STATED + "\"", "write it as \"confidence\", or name it otherwise");
    }
    confidence.ifPresent(p -> scores.put(STATED, new RawScore(p, ScoreKind.PROBABILITY, null)));
    return scores;
  }

  /** What the confidence came from, or would come from. */
  private static String estimator(Fields fields, Map<String, RawScore> scores) {
    Optional<String> named = fields.optionalText("estimator");
    if (named.isPresent() && !scores.containsKey(named.get())) {
      throw new BadFieldException("estimator", "is \"" + named.get() + "\", which has no score",
          "name one of " + scores.keySet() + ", or leave it out");
    }
    if (named.isPresent() || scores.containsKey(STATED) || scores.isEmpty()) return named.orElse(STATED);
    if (scores.size() == 1) return scores.keySet().iterator().next();
    throw new BadFieldException("estimator", "is missing", "say which of " + scores.keySet() + " counts");
  }

  private static double rounded(double probability) {
    return Math.rint(probability * 1e9) / 1e9;
  }

  private static Set<String> union(Set<String> some, Set<String> others) {
    Set<String> all = new TreeSet<>(some);
    all.addAll(others);
    return Set.copyOf(all);
  }
}
