package dev.nescio.metrics;

import java.math.BigInteger;

/** A signed sum of 128 bits: exact, so it does not depend on the order of its terms. Mutable. */
final class ExactSum {

  private long high;
  private long low;

  /** Adds {@code amount}, of either sign. */
  void add(long amount) {
    add(amount >> 63, amount);
  }

  /** Adds {@code a * b} with all its bits. */
  void addProduct(long a, long b) {
    add(Math.multiplyHigh(a, b), a * b);
  }

  /** Adds {@code sign} times another sum; {@code sign} is 1 or -1. */
  void merge(ExactSum other, int sign) {
    if (sign > 0) {
      add(other.high, other.low);
    } else {
      add(other.low == 0 ? -other.high : ~other.high, -other.low);
    }
  }

  private void add(long addHigh, long addLow) {
    low += addLow;
    high += addHigh + (Long.compareUnsigned(low, addLow) < 0 ? 1 : 0);
  }

  boolean isZero() {
    return high == 0 && low == 0;
  }

  boolean isNegative() {
    return high < 0;
  }

  /** The nearest double. */
  double toDouble() {
    if (high == low >> 63) return low;
    return toBigInteger().doubleValue();
  }

  BigInteger toBigInteger() {
    BigInteger unsignedLow = new BigInteger(Long.toUnsignedString(low));
    return BigInteger.valueOf(high).shiftLeft(64).add(unsignedLow);
  }

  void write(ByteWriter out) {
    out.signed(high);
    out.fixed(low);
  }

  void read(ByteReader in) {
    high = in.signed();
    low = in.fixed();
  }
}
