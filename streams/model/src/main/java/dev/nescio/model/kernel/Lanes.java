package dev.nescio.model.kernel;

import java.nio.ByteOrder;
import java.util.Set;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vectors of this machine, and what the Vector API computes with other bits in compiled than in interpreted code: sums
 * over lanes and the exponential.
 */
public final class Lanes {

  /** The widest vector of floats. */
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

  /** Floats of a vector. */
  static final int WIDTH = FLOATS.length();

  /** Order of weights and keys in memory. */
  static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  /** Below it the result would be no normal number. */
  private static final float LEAST = -87;
  private static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;
  /** Adding it rounds to a whole number, which the low bits then hold. */
  private static final float ROUNDER = 1.5f * (1 << 23);

  private Lanes() {}

  /**
   * True if this machine multiplies and adds in one step. Without, which is x86 before 2013, the kernels would compute that
   * in software, thousands of times slower.
   */
  public static boolean areFast() {
    boolean x86 = Set.of("amd64", "x86_64").contains(System.getProperty("os.arch"));
    return FLOATS.vectorBitSize() >= (x86 ? 256 : 128);
  }

  /** The least multiple of the width that is not below a number. */
  static int padded(int n) {
    return (n + WIDTH - 1) / WIDTH * WIDTH;
  }

  /** Sum of the lanes, always in the same order. */
  static float sum(FloatVector v) {
    float[] lanes = v.toArray();
    for (int half = lanes.length / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
    }
    return lanes[0];
  }

  /**
   * e^x for x up to 0 or a little above, with an error below 2e-7 of the value; 0 below {@link #LEAST}.
   *
   * <p>x = n ln 2 + r, |r| at most ln 2 / 2; e^r by the polynomial of Moshier's Cephes library (expf), 2^n by adding n to
   * the exponent. Only operations with one correct result: the bits never differ.
   */
  static FloatVector exp(FloatVector x) {
    FloatVector t = x.fma(FloatVector.broadcast(FLOATS, LOG2_E), FloatVector.broadcast(FLOATS, ROUNDER));
    FloatVector n = t.sub(ROUNDER);
    FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -LN2_HIGH), x);
    r = n.fma(FloatVector.broadcast(FLOATS, -LN2_LOW), r);
    FloatVector p = FloatVector.broadcast(FLOATS, 1.9875691500E-4f);
    p = p.fma(r, FloatVector.broadcast(FLOATS, 1.3981999507E-3f));
    p = p.fma(r, FloatVector.broadcast(FLOATS, 8.3334519073E-3f));
    p = p.fma(r, FloatVector.broadcast(FLOATS, 4.1665795894E-2f));
    p = p.fma(r, FloatVector.broadcast(FLOATS, 1.6666665459E-1f));
    p = p.fma(r, FloatVector.broadcast(FLOATS, 5.0000001201E-1f));
    p = p.fma(r.mul(r), r.add(1f));
    // The rounded n stands in the low bits of t; shifted, it is an exponent.
    FloatVector scaled = p.reinterpretAsInts().add(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
        .reinterpretAsFloats();
    return scaled.blend(0f, x.compare(VectorOperators.LT, LEAST));
  }
}
