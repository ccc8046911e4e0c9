package dev.nescio.model.kernel;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The vectors of this machine. */
final class Lanes {

  /** The widest vector of floats. */
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

  /** Floats of a vector. */
  static final int WIDTH = FLOATS.length();

  /** Order of weights and keys in memory. */
  static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private Lanes() {}

  /** The least multiple of the width that is not below a number. */
  static int padded(int n) {
    return (n + WIDTH - 1) / WIDTH * WIDTH;
  }
}
