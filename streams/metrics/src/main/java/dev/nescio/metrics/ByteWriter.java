package dev.nescio.metrics;

import java.util.Arrays;

/** Canonical bytes of whole numbers: variable length, seven bits a byte, least significant first. */
final class ByteWriter {

  private byte[] bytes = new byte[128];
  private int length;

  /** A number that is usually small and not negative. */
  void unsigned(long value) {
    while ((value & ~0x7FL) != 0) {
      put((int) (value & 0x7F | 0x80));
      value >>>= 7;
    }
    put((int) value);
  }

  /** A number of either sign: zigzag, so that small ones are short. */
  void signed(long value) {
    unsigned(value << 1 ^ value >> 63);
  }

  /** Eight bytes, most significant first. */
  void fixed(long value) {
    for (int shift = 56; shift >= 0; shift -= 8) put((int) (value >>> shift));
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  private void put(int value) {
    if (length == bytes.length) bytes = Arrays.copyOf(bytes, 2 * length);
    bytes[length++] = (byte) value;
  }
}
