package dev.nescio.metrics;

import static dev.nescio.metrics.Population.ALL;
import static dev.nescio.metrics.Population.ANSWERED;
import static dev.nescio.metrics.Population.AUDITED;

import java.util.ArrayList;
import java.util.List;

/** The list of metrics; a new one is added here. */
public final class Metrics {

  private Metrics() {}

  /**
   * Every metric, the headline first.
   *
   * @param grader name of the grader that decided correctness; part of the names
   */
  public static List<Metric<CalibrationSummary>> all(String grader) {
    List<Metric<CalibrationSummary>> all = new ArrayList<>(headline(grader));
    all.addAll(further(grader));
    for (Population population : List.of(ANSWERED, AUDITED)) all.addAll(ofConfidences(population, grader));
    all.addAll(ofDecisions(AUDITED, grader));
    return List.copyOf(all);
  }

  private static List<Metric<CalibrationSummary>> headline(String grader) {
    return List.of(
        new ExpectedCalibrationError(10, EdgeRule.RIGHT, ALL, grader),
        new BrierScore(ALL, grader),
        new Auroc(ALL, grader),
        new IdkAuroc(ALL, grader),
        new Accuracy(ALL, grader),
        new AFpr(ALL, grader),
        new IdkPrecision(ALL, grader),
        new IdkRecall(ALL, grader),
        new IdkF1(ALL, grader),
        new IdkRate(ALL),
        new Coverage(ALL),
        new Naupc(ALL, grader),
        new NaupcOverCeiling(ALL, grader),
        new UaAccuracy(ALL, grader),
        new CaAccuracy(ALL, grader));
  }

  private static List<Metric<CalibrationSummary>> further(String grader) {
    return List.of(
        new ExpectedCalibrationError(15, EdgeRule.RIGHT, ALL, grader),
        new ExpectedCalibrationError(20, EdgeRule.RIGHT, ALL, grader),
        new ExpectedCalibrationError(10, EdgeRule.LEFT, ALL, grader),
        new CalibrationNoiseFloor(ALL),
        new SignedCalibrationError(ALL, grader),
        new MaximumCalibrationError(ALL, grader),
        new RootMeanSquareCalibrationError(ALL, grader),
        new AdaptiveCalibrationError(ALL, grader),
        new AverageCalibrationError(ALL, grader),
        new BrierSkill(ALL, grader),
        new MurphyReliability(ALL, grader),
        new MurphyResolution(ALL, grader),
        new MurphyUncertainty(ALL, grader),
        new LogLoss(ALL, grader),
        new AuprcCorrect(ALL, grader),
        new AuprcIncorrect(ALL, grader),
        new Aurc(ALL, grader),
        new ExcessAurc(ALL, grader),
        new Auarc(ALL, grader),
        new PredictionRejectionRatio("1", ALL, grader),
        new PredictionRejectionRatio("0.5", ALL, grader),
        new SelectiveAccuracy("0.5", ALL, grader),
        new SelectiveAccuracy("0.8", ALL, grader),
        new CoverageAtRisk("0.05", ALL, grader),
        new CoverageAtRisk("0.1", ALL, grader),
        new AurocGridError(ALL, grader),
        new IdkAurocGridError(ALL, grader),
        new AuprcCorrectGridError(ALL, grader),
        new AuprcIncorrectGridError(ALL, grader),
        new AurcGridError(ALL, grader),
        new PredictionRejectionRatioGridError("1", ALL, grader),
        new PredictionRejectionRatioGridError("0.5", ALL, grader),
        new SelectiveAccuracyGridError("0.5", ALL, grader),
        new SelectiveAccuracyGridError("0.8", ALL, grader),
        new CoverageAtRiskGridError("0.05", ALL, grader),
        new CoverageAtRiskGridError("0.1", ALL, grader),
        new AdaptiveCalibrationErrorGridError(ALL, grader),
        new AverageCalibrationErrorGridError(ALL, grader));
  }

  /** The variants of a population that need no decision. */
  private static List<Metric<CalibrationSummary>> ofConfidences(Population population, String grader) {
    return List.of(
        new Accuracy(population, grader),
        new ExpectedCalibrationError(10, EdgeRule.RIGHT, population, grader),
        new CalibrationNoiseFloor(population),
        new SignedCalibrationError(population, grader),
        new BrierScore(population, grader),
        new BrierSkill(population, grader),
        new LogLoss(population, grader),
        new Auroc(population, grader),
        new AurocGridError(population, grader),
        new Aurc(population, grader),
        new AurcGridError(population, grader));
  }

  private static List<Metric<CalibrationSummary>> ofDecisions(Population population, String grader) {
    return List.of(
        new AFpr(population, grader),
        new IdkPrecision(population, grader),
        new IdkRecall(population, grader),
        new IdkF1(population, grader),
        new IdkRate(population),
        new Coverage(population),
        new Naupc(population, grader),
        new NaupcOverCeiling(population, grader),
        new UaAccuracy(population, grader),
        new CaAccuracy(population, grader));
  }

  /**
   * The metric of a whole name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Metric<CalibrationSummary> named(String name, String grader) {
    return all(grader).stream().filter(metric -> metric.name().equals(name)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no metric is called \"" + name + "\"; there are "
            + all(grader).stream().map(Metric::name).toList()));
  }
}
