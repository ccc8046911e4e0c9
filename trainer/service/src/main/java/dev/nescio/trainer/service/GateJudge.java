package dev.nescio.trainer.service;

import dev.nescio.metrics.CalibrationSummary;
import dev.nescio.metrics.Direction;
import dev.nescio.metrics.Estimate;
import dev.nescio.metrics.Metric;
import dev.nescio.metrics.Metrics;
import dev.nescio.metrics.PairedOutcome;
import dev.nescio.schemas.GateReport;
import dev.nescio.schemas.MetricValue;
import dev.nescio.trainer.finetune.PairedGate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts two models' answers to the gate questions before the gate and writes its report. */
final class GateJudge {

  private final NightConfig config;

  GateJudge(NightConfig config) {
    this.config = config;
  }

  /**
   * @param candidate    the candidate's answers, in the order of the gate questions
   * @param candidateFit fitted on the calibration split
   * @param champion     the champion's answers, in the same order
   * @param championFit  fitted on the calibration split
   * @param version      of the champion
   */
  GateReport judge(
      List<GradedAnswer> candidate, FittedRow candidateFit, List<GradedAnswer> champion, FittedRow championFit,
      String version) {
    if (candidate.size() != champion.size()) {
      throw new IllegalArgumentException(
          candidate.size() + " answers of the candidate and " + champion.size() + " of the champion are no pairs");
    }
    List<PairedOutcome> pairs = new ArrayList<>();
    for (int i = 0; i < candidate.size(); i++) {
      GradedAnswer ours = candidate.get(i);
      GradedAnswer theirs = champion.get(i);
      if (!ours.item().questionId().equals(theirs.item().questionId())) {
        throw new IllegalArgumentException("answers to different questions are no pair: row " + i);
      }
      pairs.add(
          new PairedOutcome(
              theirs.correct(config.grader()), championFit.decide(theirs).idk(),
              ours.correct(config.grader()), candidateFit.decide(ours).idk()));
    }
    PairedGate.Report verdict = new PairedGate(config.minimumGate(), config.seed()).judge(pairs);
    return GateReport.newBuilder()
        .setPromoted(verdict.promoted())
        .setReason(verdict.reason())
        .setN(pairs.size())
        .setRule(PairedGate.RULE)
        .setChampion(version)
        .setChampionMetrics(metrics(champion, championFit))
        .setCandidateMetrics(metrics(candidate, candidateFit))
        .setPaired(
            verdict.difference()
                .map(e -> List.of(value("naupc_over_ceiling_difference", Direction.HIGHER_IS_BETTER, Optional.of(e))))
                .orElse(List.of()))
        .build();
  }

  private List<MetricValue> metrics(List<GradedAnswer> answers, FittedRow fit) {
    CalibrationSummary summary = new CalibrationSummary();
    answers.forEach(answer -> summary.add(fit.observe(answer, config.grader())));
    List<MetricValue> values = new ArrayList<>();
    for (Metric<CalibrationSummary> metric : Metrics.all(config.grader())) {
      values.add(value(metric.name(), metric.direction(), metric.of(summary)));
    }
    return values;
  }

  private static MetricValue value(String name, Direction direction, Optional<Estimate> estimate) {
    return MetricValue.newBuilder()
        .setName(name)
        .setValue(estimate.map(Estimate::value).orElse(null))
        .setN(estimate.map(Estimate::n).orElse(0L))
        .setLow(estimate.map(Estimate::low).orElse(null))
        .setHigh(estimate.map(Estimate::high).orElse(null))
        .setHigherIsBetter(
            switch (direction) {
              case HIGHER_IS_BETTER -> true;
              case LOWER_IS_BETTER -> false;
              case NEITHER -> null;
            })
        .setReason(estimate.isPresent() ? null : "undefined on these answers")
        .build();
  }
}
