package dev.nescio.evaluation;

import java.util.List;

/** The list of detectors; a new one is added here. */
final class Detectors {

  private static final List<Detector> ALL =
      List.of(new Miscalibration(), new FalseFlags(), new AccuracyDrop(), new ConfidenceShift());

  private Detectors() {}

  static List<Detector> all() {
    return ALL;
  }

  static List<String> names() {
    return ALL.stream().map(Detector::name).toList();
  }
}
