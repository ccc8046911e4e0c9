package dev.nescio.metrics;

import static dev.nescio.metrics.Population.ALL;
import static dev.nescio.metrics.Population.ANSWERED;
import static dev.nescio.metrics.Population.AUDITED;

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
    return List.of(
        new ExpectedCalibrationError(10, ALL, grader),
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
        new CaAccuracy(ALL, grader),
        new ExpectedCalibrationError(15, ALL, grader),
        new ExpectedCalibrationError(20, ALL, grader),
        new CalibrationNoiseFloor(ALL),
        new SignedCalibrationError(ALL, grader),
        new MaximumCalibrationError(ALL, grader),
        new RootMeanSquareCalibrationError(ALL, grader),
        new BrierSkill(ALL, grader),
        new LogLoss(ALL, grader),
        new AuprcCorrect(ALL, grader),
        new AuprcIncorrect(ALL, grader),
        new Aurc(ALL, grader),
        new ExcessAurc(ALL, grader),
        new Auarc(ALL, grader),
        new SelectiveAccuracy("0.5", ALL, grader),
        new SelectiveAccuracy("0.8", ALL, grader),
        new AurocGridError(ALL, grader),
        new IdkAurocGridError(ALL, grader),
        new AuprcCorrectGridError(ALL, grader),
        new AuprcIncorrectGridError(ALL, grader),
        new AurcGridError(ALL, grader),
        new Accuracy(ANSWERED, grader),
        new ExpectedCalibrationError(10, ANSWERED, grader),
        new SignedCalibrationError(ANSWERED, grader),
        new BrierScore(ANSWERED, grader),
        new Auroc(ANSWERED, grader),
        new Accuracy(AUDITED, grader),
        new ExpectedCalibrationError(10, AUDITED, grader),
        new SignedCalibrationError(AUDITED, grader),
        new BrierScore(AUDITED, grader),
        new Auroc(AUDITED, grader),
        new AFpr(AUDITED, grader),
        new IdkPrecision(AUDITED, grader),
        new IdkRecall(AUDITED, grader),
        new Naupc(AUDITED, grader),
        new NaupcOverCeiling(AUDITED, grader),
        new Coverage(AUDITED));
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
