package dev.nescio.trainer.service;

import dev.nescio.confidence.DecisionPolicy;
import dev.nescio.confidence.FittedMap;
import dev.nescio.confidence.FittedThreshold;
import dev.nescio.confidence.Flagged;
import dev.nescio.confidence.NotEnoughLabelsException;
import dev.nescio.confidence.PlattScaling;
import dev.nescio.confidence.ThresholdScore;
import dev.nescio.confidence.Verdict;
import dev.nescio.metrics.Observation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * A calibrator and a threshold, both fitted on the calibration answers of one model and prompt, and the decisions that
 * follow from them.
 *
 * @param policy    what was fitted for
 * @param grader    headline grader of the fit
 * @param map       from raw score to confidence; empty when there were too few labels, for the reason given
 * @param threshold limit of {@code <IDK>}; empty when there were too few correct answers
 * @param whyNoMap  the reason; empty when there is a map
 */
public record FittedRow(
    IdkPolicy policy, String grader, Optional<FittedMap> map, Optional<FittedThreshold> threshold, String whyNoMap) {

  /**
   * @param answers of the calibration split only
   * @param grader  headline grader
   * @param minimum labels below which no map is fitted
   */
  public static FittedRow fit(List<GradedAnswer> answers, String grader, IdkPolicy policy, int minimum) {
    List<GradedAnswer> scored = answers.stream().filter(a -> a.raw().isPresent()).toList();
    double[] raw = scored.stream().mapToDouble(a -> a.raw().getAsDouble()).toArray();
    boolean[] correct = new boolean[raw.length];
    for (int i = 0; i < raw.length; i++) correct[i] = scored.get(i).correct(grader);
    Optional<FittedMap> map = Optional.empty();
    String why = "";
    try {
      map = Optional.of(PlattScaling.fit(raw, correct, minimum));
    } catch (NotEnoughLabelsException e) {
      why = e.getMessage();
    }
    FittedRow unlimited = new FittedRow(policy, grader, map, Optional.empty(), why);
    List<Flagged> flagged = new ArrayList<>();
    for (GradedAnswer answer : answers) {
      unlimited.thresholdScore(answer).ifPresent(s -> flagged.add(new Flagged(s, answer.correct(grader))));
    }
    return new FittedRow(policy, grader, map, policy.fit(flagged), why);
  }

  /** Calibrated P(correct), in units of 10⁻⁹; empty without a map or a raw score. */
  public OptionalInt confidence(GradedAnswer answer) {
    if (map.isEmpty() || answer.raw().isEmpty()) return OptionalInt.empty();
    return OptionalInt.of(Observation.units(map.get().map().apply(answer.raw().getAsDouble())));
  }

  public Verdict decide(GradedAnswer answer) {
    OptionalDouble tau =
        threshold.isPresent() ? OptionalDouble.of(threshold.get().tau()) : OptionalDouble.empty();
    return new DecisionPolicy(policy.mode(), policy.score(), tau)
        .decide(answer.idkToken(), answer.pIdk(), fraction(confidence(answer)));
  }

  /** What the summaries see of an answer under this fit, judged by the named grader. */
  public Observation observe(GradedAnswer answer, String judge) {
    OptionalInt pIdk =
        answer.pIdk().isPresent()
            ? OptionalInt.of(Observation.units(answer.pIdk().getAsDouble()))
            : OptionalInt.empty();
    return new Observation(confidence(answer), pIdk, answer.correct(judge), decide(answer).idk(), false);
  }

  private OptionalDouble thresholdScore(GradedAnswer answer) {
    return switch (policy.score()) {
      case P_IDK -> answer.pIdk();
      case ONE_MINUS_CONFIDENCE -> {
        OptionalDouble confidence = fraction(confidence(answer));
        yield confidence.isPresent() ? OptionalDouble.of(1 - confidence.getAsDouble()) : confidence;
      }
    };
  }

  private static OptionalDouble fraction(OptionalInt units) {
    return units.isPresent()
        ? OptionalDouble.of(units.getAsInt() / (double) Observation.ONE)
        : OptionalDouble.empty();
  }
}
