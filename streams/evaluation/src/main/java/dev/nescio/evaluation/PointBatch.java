package dev.nescio.evaluation;

import java.util.ArrayList;
import java.util.List;

/** Points of one calibrator that came or went, in order. */
record PointBatch(List<Step> steps) {

  private static final int VERSION = 1;

  /** A point that came, or went. */
  record Step(boolean add, Point point) {}

  PointBatch {
    steps = List.copyOf(steps);
  }

  byte[] toBytes() {
    FieldWriter out = new FieldWriter().version(VERSION).number(steps.size());
    for (Step step : steps) step.point().write(out.flag(step.add()));
    return out.toBytes();
  }

  static PointBatch fromBytes(byte[] bytes) {
    FieldReader in = new FieldReader(bytes);
    in.version("calibration points", VERSION);
    List<Step> steps = new ArrayList<>();
    for (int left = in.count(); left > 0; left--) steps.add(new Step(in.flag(), Point.read(in)));
    return new PointBatch(steps);
  }
}
