package dev.nescio.inference.serve;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.answering.Assessor;
import dev.nescio.answering.Decided;
import dev.nescio.answering.Decider;
import dev.nescio.answering.Draft;
import dev.nescio.confidence.ConfidenceEstimator;
import dev.nescio.confidence.DecisionPolicy;
import dev.nescio.confidence.IdkMode;
import dev.nescio.confidence.Score;
import dev.nescio.confidence.ThresholdScore;
import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The {@code nescio} object of a choice: confidence, decision and what they come from. The decision is that of the
 * built-in policy: {@code <IDK>} when the token was emitted, or p_idk is above a fitted limit.
 */
final class Judgement {

  private final Assessor assessor;
  private final String estimator;
  private final Optional<Calibration> calibration;

  /**
   * @param available   what the model reports
   * @param estimator   whose score becomes the confidence
   * @param calibration for one of the served models; choices of the others have no confidence, reason
   *                    {@code uncalibrated}
   * @throws IllegalArgumentException if the estimator does not run
   */
  Judgement(
      Set<EvidenceKind> available, List<ConfidenceEstimator> estimators, String estimator,
      Optional<Calibration> calibration) {
    if (estimators.stream().noneMatch(e -> e.name().equals(estimator))) {
      throw new IllegalArgumentException("no estimator is called \"" + estimator + "\"; there are "
          + estimators.stream().map(ConfidenceEstimator::name).toList());
    }
    this.assessor = new Assessor(available, estimators);
    this.estimator = estimator;
    this.calibration = calibration;
  }

  /** The object of one choice; log-probabilities of its tokens are told beside, in {@code tokens}. */
  ObjectNode of(ServedModel model, Generation generation, Sequence sequence) {
    Optional<Calibration> fitted = calibration.filter(c -> c.modelDigest().equals(model.digest()));
    Draft draft = assessor.assess(generation, sequence);
    Decided decided = decider(fitted).decide(draft);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("decision", decided.idk() ? "IDK" : "ANSWER").put("reason", decided.reason());
    json.put("policy", "built-in:" + estimator);
    decided.confidence().ifPresent(confidence -> json.put("confidence", confidence));
    decided.confidenceReason().ifPresent(reason -> json.put("confidence_reason", reason));
    fitted.ifPresent(c -> json.put("calibrator", c.version()));
    sequence.pIdk().ifPresent(p -> json.put("p_idk", p));
    json.put("idk_token", sequence.emittedIdk());
    if (!sequence.tokens().isEmpty() || sequence.text().isEmpty()) {
      json.put("sequence_log_prob", sequence.sequenceLogProb());
    }
    meanEntropy(sequence).ifPresent(entropy -> json.put("mean_entropy", entropy));
    sequence.endLogProb().ifPresent(end -> json.put("end_log_prob", end));
    json.put("finish", sequence.finish().name()).put("generated_tokens", sequence.generatedTokens());
    draft.scores().forEach((name, score) -> put(json, name, score));
    return json;
  }

  private Decider decider(Optional<Calibration> fitted) {
    OptionalDouble tau = fitted.map(Calibration::tau).orElse(OptionalDouble.empty());
    return new Decider(
        estimator, fitted.filter(c -> c.estimator().equals(estimator)).map(Calibration::map),
        new DecisionPolicy(IdkMode.EITHER, ThresholdScore.P_IDK, tau));
  }

  private static void put(ObjectNode json, String name, Score score) {
    switch (score) {
      case Score.Probability p -> json.withObject("/scores").put(name, p.value());
      case Score.Unbounded u -> json.withObject("/scores").put(name, u.value());
      case Score.Abstained a -> json.withObject("/abstained").put(name, a.reason());
    }
  }

  /** In nats; empty for an answer without tokens. */
  private static OptionalDouble meanEntropy(Sequence sequence) {
    List<Double> entropies = sequence.tokens().stream().map(Token::entropy).flatMap(Optional::stream).toList();
    if (entropies.isEmpty() || entropies.size() < sequence.tokens().size()) return OptionalDouble.empty();
    return entropies.stream().mapToDouble(e -> e).average();
  }
}
