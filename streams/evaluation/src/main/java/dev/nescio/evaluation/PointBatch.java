package dev.nescio.evaluation;

import java.util.ArrayList;
import java.util.List;

/** Points of one calibrator that came or went, in order; about 30 bytes each. */
record PointBatch(List<Step> steps) {

  private static final int VERSION = 2;

  /** A point that came, or went. */
  record Step(boolean add, Point point) {}

  PointBatch {
    steps = List.copyOf(steps);
  }

  byte[] toBytes() {
    List<String> versions = steps.stream().map(step -> step.point().modelVersion()).distinct().toList();
    FieldWriter out = new FieldWriter(Words.of(versions)).version(VERSION).texts(versions).number(steps.size());
    long before = 0;
    for (Step step : steps) {
      step.point().write(out.flag(step.add()), before);
      before = step.point().answeredAt();
    }
    return out.toBytes();
  }

  static PointBatch fromBytes(byte[] bytes) {
    FieldReader head = new FieldReader(bytes);
    if (head.version("calibration points", VERSION) == 1) return firstVersion(head);
    FieldReader in = head.with(Words.of(head.texts()));
    List<Step> steps = new ArrayList<>();
    long before = 0;
    for (int left = in.count(); left > 0; left--) {
      Step step = new Step(in.flag(), Point.read(in, before));
      before = step.point().answeredAt();
      steps.add(step);
    }
    return new PointBatch(steps);
  }

  /** Everything was spelled out, with the whole id of the answer. */
  private static PointBatch firstVersion(FieldReader in) {
    List<Step> steps = new ArrayList<>();
    for (int left = in.count(); left > 0; left--) {
      steps.add(new Step(in.flag(), new Point(Hashes.of(in.text()), in.text(), in.number(),
          Double.longBitsToDouble(in.fixed()), in.optionalInt(), in.flag())));
    }
    return new PointBatch(steps);
  }
}
