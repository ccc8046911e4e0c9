package dev.nescio.standalone;

import dev.nescio.confidence.CalibrationMap;
import dev.nescio.confidence.FittedMap;
import dev.nescio.confidence.FittedThreshold;
import dev.nescio.confidence.ThresholdScore;
import dev.nescio.confidence.ThresholdTarget;
import dev.nescio.schemas.Calibrator;
import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.Threshold;
import dev.nescio.trainer.service.FittedRow;
import dev.nescio.trainer.service.NightConfig;
import java.util.Optional;

/** The calibrator and threshold that a release came with, as the closing table applies them. */
final class ReleasedFit {

  private ReleasedFit() {}

  static FittedRow of(ModelRelease release, NightConfig night) {
    Calibrator calibrator = release.getCalibrator();
    if (calibrator == null) {
      return new FittedRow(
          night.policy(), night.grader(), Optional.empty(), Optional.empty(), "the release came without a calibrator");
    }
    FittedMap map =
        new FittedMap(
            CalibrationMap.of(calibrator.getMethod(), calibrator.getParameters()), Math.toIntExact(calibrator.getN()),
            Math.toIntExact(calibrator.getCorrect()), calibrator.getFigures());
    return new FittedRow(
        night.policy(), night.grader(), Optional.of(map),
        Optional.ofNullable(calibrator.getThreshold()).map(ReleasedFit::threshold), "");
  }

  private static FittedThreshold threshold(Threshold t) {
    return new FittedThreshold(
        ThresholdScore.valueOf(t.getScore().name()), t.getTau(), ThresholdTarget.valueOf(t.getTarget().name()),
        t.getAlpha(), t.getDelta(), Math.toIntExact(t.getN()), Math.toIntExact(t.getCorrect()));
  }
}
