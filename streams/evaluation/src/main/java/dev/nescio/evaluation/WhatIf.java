package dev.nescio.evaluation;

import dev.nescio.confidence.CalibrationMap;
import dev.nescio.confidence.CalibratorChoice;
import dev.nescio.confidence.DecisionPolicy;
import dev.nescio.confidence.Flagged;
import dev.nescio.confidence.FittedThreshold;
import dev.nescio.confidence.IdkMode;
import dev.nescio.confidence.IdkThreshold;
import dev.nescio.confidence.ThresholdScore;
import dev.nescio.confidence.ThresholdTarget;
import dev.nescio.metrics.CalibrationSummary;
import dev.nescio.metrics.Observation;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.function.Function;

/**
 * Decides recorded answers anew under another estimator, calibrator or threshold, in their own order and only with what
 * was known by then: no model is asked. A map or limit that is not given is fitted on the labels that had come, from a
 * minimum on and again whenever their number has grown by a quarter, for each model by itself.
 *
 * @param estimator whose score becomes the confidence
 * @param mode      where {@code <IDK>} comes from
 * @param score     of the threshold
 * @param target    of the threshold, when it is fitted
 * @param alpha     its bound, in (0, 1)
 * @param delta     allowed probability that the bound does not hold, in (0, 1)
 * @param tau       a given threshold; empty to fit
 * @param map       a given map; empty to fit
 * @param recorded  true to keep the confidences as they were given instead
 * @param minLabels labels before the first fit, at least 2
 */
public record WhatIf(
    String estimator, IdkMode mode, ThresholdScore score, ThresholdTarget target, double alpha, double delta,
    OptionalDouble tau, Optional<CalibrationMap> map, boolean recorded, int minLabels) {

  private static final double GROWTH = 1.25;
  private static final int CURVE_POINTS = 20;

  public WhatIf {
    Objects.requireNonNull(estimator, "estimator");
    if (recorded && map.isPresent()) throw new IllegalArgumentException("recorded confidences take no other map");
    if (minLabels < 2) throw new IllegalArgumentException("minLabels is at least 2, not " + minLabels);
  }

  /**
   * What came of it, over the labelled answers.
   *
   * @param happened  with the recorded confidences and decisions
   * @param instead   with those of this policy
   * @param curve     what every threshold would have given
   * @param answers   in the range
   * @param unlabelled without a verdict
   * @param unscored  without a score of the estimator
   * @param fits      maps fitted on the way
   */
  public record Result(
      CalibrationSummary happened, CalibrationSummary instead, List<Point> curve, long answers, long unlabelled,
      long unscored, int fits) {}

  /**
   * A point of the curve.
   *
   * @param tau     flagged if and only if the score is above
   * @param summary of the labelled answers under it
   */
  public record Point(double tau, CalibrationSummary summary) {}

  private record Scored(Answer answer, boolean correct, OptionalInt confidence, double raw) {}

  /**
   * @param entries in order of time
   * @param scores  raw score of the estimator for an answer, from the record or from evidence; empty when there is none
   */
  public Result over(List<LabelledLog.Entry> entries, Function<Answer, OptionalDouble> scores) {
    CalibrationSummary happened = new CalibrationSummary();
    CalibrationSummary instead = new CalibrationSummary();
    Map<String, Knowledge> byModel = new HashMap<>();
    PriorityQueue<LabelledLog.Entry> coming = new PriorityQueue<>(
        Comparator.comparing((LabelledLog.Entry entry) -> entry.labelledAt().orElseThrow()));
    List<Scored> decided = new ArrayList<>();
    long unlabelled = 0;
    long unscored = 0;
    for (LabelledLog.Entry entry : entries) {
      Answer answer = entry.answer();
      if (answer.getDecision() == Decision.ERROR) continue;
      Instant now = answer.getAnsweredAt();
      while (!coming.isEmpty() && !coming.peek().labelledAt().orElseThrow().isAfter(now)) {
        LabelledLog.Entry known = coming.poll();
        knowledge(byModel, known.answer()).learn(known.answer(), known.correct().orElseThrow(), scores.apply(known.answer()));
      }
      OptionalDouble raw = scores.apply(answer);
      if (raw.isEmpty()) unscored++;
      if (entry.correct().isEmpty()) {
        unlabelled++;
        continue;
      }
      boolean correct = entry.correct().get();
      Knowledge knowledge = knowledge(byModel, answer);
      OptionalDouble confidence = knowledge.confidence(answer, raw);
      boolean idk = new DecisionPolicy(mode, score, knowledge.tau())
          .decide(answer.getIdkToken(), optional(answer.getPIdk()), confidence).idk();
      happened.add(observation(answer, correct, units(optional(answer.getConfidence())),
          answer.getDecision() == Decision.IDK));
      instead.add(observation(answer, correct, units(confidence), idk));
      decided.add(new Scored(answer, correct, units(confidence), raw.orElse(0)));
      coming.add(entry);
    }
    return new Result(happened, instead, curve(decided), entries.size(), unlabelled, unscored,
        byModel.values().stream().mapToInt(knowledge -> knowledge.fits).sum());
  }

  /** Scores of two models mean different things. */
  private Knowledge knowledge(Map<String, Knowledge> byModel, Answer answer) {
    return byModel.computeIfAbsent(answer.getModelDigest(), model -> new Knowledge());
  }

  private List<Point> curve(List<Scored> decided) {
    double[] values = decided.stream().map(this::flagScore).filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble).sorted().toArray();
    List<Point> curve = new ArrayList<>();
    for (int i = 0; i <= CURVE_POINTS && values.length > 0; i++) {
      double limit = values[Math.min(values.length - 1, (int) ((long) values.length * i / CURVE_POINTS))];
      if (!curve.isEmpty() && curve.getLast().tau() == limit) continue;
      CalibrationSummary summary = new CalibrationSummary();
      for (Scored one : decided) {
        OptionalDouble value = flagScore(one);
        boolean token = mode != IdkMode.THRESHOLD && one.answer().getIdkToken();
        boolean idk = token || (value.isPresent() && value.getAsDouble() > limit);
        summary.add(observation(one.answer(), one.correct(), one.confidence(), idk));
      }
      curve.add(new Point(limit, summary));
    }
    return curve;
  }

  private OptionalDouble flagScore(Scored one) {
    return switch (score) {
      case P_IDK -> optional(one.answer().getPIdk());
      case ONE_MINUS_CONFIDENCE -> one.confidence().isPresent()
          ? OptionalDouble.of(1 - one.confidence().getAsInt() / (double) Observation.ONE) : OptionalDouble.empty();
    };
  }

  private static Observation observation(Answer answer, boolean correct, OptionalInt confidence, boolean idk) {
    return new Observation(confidence, units(optional(answer.getPIdk())), correct, idk, answer.getAudited());
  }

  private static OptionalInt units(OptionalDouble probability) {
    return probability.isPresent() ? OptionalInt.of(Observation.units(probability.getAsDouble()))
        : OptionalInt.empty();
  }

  private static OptionalDouble optional(Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /** The labels of one model that had come, and what was fitted on them. */
  private final class Knowledge {

    private final List<Scored> known = new ArrayList<>();
    private Optional<CalibrationMap> fitted = map;
    private Optional<FittedThreshold> limit = Optional.empty();
    private int right;
    private int fittedOn;
    private int fits;

    void learn(Answer answer, boolean correct, OptionalDouble raw) {
      if (raw.isEmpty()) return;
      known.add(new Scored(answer, correct, units(optional(answer.getConfidence())), raw.getAsDouble()));
      if (correct) right++;
      boolean both = right > 0 && right < known.size();
      if (both && known.size() >= Math.max(minLabels, fittedOn * GROWTH)) fit();
    }

    private void fit() {
      fittedOn = known.size();
      if (map.isEmpty() && !recorded) {
        double[] raw = known.stream().mapToDouble(Scored::raw).toArray();
        boolean[] correct = new boolean[raw.length];
        for (int i = 0; i < raw.length; i++) correct[i] = known.get(i).correct();
        fitted = Optional.of(CalibratorChoice.from(minLabels).fit(raw, correct).map());
        fits++;
      }
      if (tau.isPresent()) return;
      List<Flagged> flagged = new ArrayList<>();
      for (Scored one : known) {
        OptionalDouble value = score == ThresholdScore.P_IDK ? optional(one.answer().getPIdk()) : doubt(one);
        if (value.isPresent()) flagged.add(new Flagged(value.getAsDouble(), one.correct()));
      }
      limit = flagged.isEmpty() ? Optional.empty() : IdkThreshold.fit(target, score, flagged, alpha, delta);
    }

    private OptionalDouble doubt(Scored one) {
      OptionalDouble confidence = confidence(one.answer(), OptionalDouble.of(one.raw()));
      return confidence.isPresent() ? OptionalDouble.of(1 - confidence.getAsDouble()) : OptionalDouble.empty();
    }

    OptionalDouble confidence(Answer answer, OptionalDouble raw) {
      if (recorded) return optional(answer.getConfidence());
      return raw.isPresent() && fitted.isPresent()
          ? OptionalDouble.of(fitted.get().apply(raw.getAsDouble())) : OptionalDouble.empty();
    }

    OptionalDouble tau() {
      if (tau.isPresent()) return tau;
      return limit.isPresent() ? OptionalDouble.of(limit.get().tau()) : OptionalDouble.empty();
    }
  }
}
