package dev.nescio.evaluation;

import dev.nescio.confidence.AdaptiveThreshold;
import dev.nescio.confidence.CalibrationMap;
import dev.nescio.confidence.FittedThreshold;
import dev.nescio.confidence.Flagged;
import dev.nescio.confidence.IdkThreshold;
import dev.nescio.metrics.Observation;
import dev.nescio.schemas.Policy;
import dev.nescio.schemas.Threshold;
import dev.nescio.schemas.ThresholdScore;
import dev.nescio.schemas.ThresholdTarget;
import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Topics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Fits the limit that the operator's policy asks for, or the configured one without a policy.
 *
 * <p>A limit on 1 - confidence sees confidences of a map that was fitted on the same labels. That does not move the
 * limits that are order statistics, as long as the map rises strictly; the fixed-sequence limit is then approximate.
 */
final class ThresholdFit {

  /** Figure of an {@link AdaptiveThreshold}. */
  static final String STEP = "threshold_step";

  private final EvaluationConfig config;
  private final KeyValueStore<String, byte[]> store;
  private final Deserializer<Policy> policies;

  /** @param store of {@link PolicyTargets} */
  ThresholdFit(EvaluationConfig config, KeyValueStore<String, byte[]> store, RegistryClient registry) {
    this.config = config;
    this.store = store;
    this.policies = AvroSerdes.of(Topics.POLICIES, registry).deserializer();
  }

  /**
   * Empty when these labels defend no limit.
   *
   * @param points by time, the oldest first
   */
  Optional<Threshold> fit(String tenant, String domain, List<Point> points, CalibrationMap map) {
    Optional<Policy> policy = PolicyTargets.inForce(store, policies, tenant, domain);
    ThresholdScore score = policy.map(Policy::getThresholdScore).orElse(ThresholdScore.P_IDK);
    ThresholdTarget target = policy.map(Policy::getThresholdTarget).orElse(ThresholdTarget.A_FPR_AT_MOST);
    List<Flagged> flagged = switch (score) {
      case P_IDK -> points.stream().filter(point -> point.pIdk().isPresent())
          .map(point -> new Flagged(point.pIdk().getAsInt() / (double) Observation.ONE, point.correct())).toList();
      case ONE_MINUS_CONFIDENCE -> points.stream()
          .map(point -> new Flagged(1 - map.apply(point.raw()), point.correct())).toList();
    };
    if (flagged.isEmpty()) return Optional.empty();
    double alpha = policy.map(Policy::getAlpha).orElse(config.alpha());
    var kind = dev.nescio.confidence.ThresholdScore.valueOf(score.name());
    if (follows(target, config)) {
      return Optional.of(record(AdaptiveThreshold.follow(kind, flagged, alpha, config.thresholdStep())));
    }
    return IdkThreshold.fit(dev.nescio.confidence.ThresholdTarget.valueOf(target.name()), kind, flagged, alpha,
        config.delta()).map(ThresholdFit::record);
  }

  /** What stands beside the calibrator's other figures about a limit: the step of one that follows a drift. */
  static Map<String, Double> figures(Optional<Threshold> threshold, EvaluationConfig config) {
    return threshold.filter(t -> follows(t.getTarget(), config)).map(t -> Map.of(STEP, config.thresholdStep()))
        .orElse(Map.of());
  }

  private static boolean follows(ThresholdTarget target, EvaluationConfig config) {
    return target == ThresholdTarget.WRONG_AND_ANSWERED_AT_MOST && config.thresholdStep() > 0;
  }

  private static Threshold record(FittedThreshold fitted) {
    return Threshold.newBuilder()
        .setScore(ThresholdScore.valueOf(fitted.score().name()))
        .setTau(fitted.tau())
        .setTarget(ThresholdTarget.valueOf(fitted.target().name()))
        .setAlpha(fitted.alpha())
        .setDelta(fitted.delta())
        .setN(fitted.n())
        .setCorrect(fitted.correct())
        .build();
  }
}
