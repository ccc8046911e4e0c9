package dev.nescio.evaluation;

import java.util.ArrayList;
import java.util.List;

/** What changed in one slice since the last drain, one difference a minute. */
record DeltaBatch(List<SliceDelta> deltas) {

  private static final int VERSION = 1;

  DeltaBatch {
    deltas = List.copyOf(deltas);
  }

  byte[] toBytes() {
    FieldWriter out = new FieldWriter().version(VERSION).number(deltas.size());
    for (SliceDelta delta : deltas) delta.write(out);
    return out.toBytes();
  }

  static DeltaBatch fromBytes(byte[] bytes) {
    FieldReader in = new FieldReader(bytes);
    in.version("slice differences", VERSION);
    List<SliceDelta> deltas = new ArrayList<>();
    for (int left = in.count(); left > 0; left--) deltas.add(SliceDelta.read(in));
    return new DeltaBatch(deltas);
  }
}
