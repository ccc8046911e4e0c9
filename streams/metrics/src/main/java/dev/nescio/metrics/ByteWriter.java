package dev.nescio.metrics;

import java.io.ByteArrayOutputStream;

/** Canonical bytes of whole numbers: variable length, seven bits a byte, least significant first. */
final class ByteWriter {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);

  /** A number that is usually small and not negative. */
  void unsigned(long value) {
    while ((value & ~0x7FL) != 0) {
      bytes.write((int) (value & 0x7F | 0x80));
      value >>>= 7;
    }
    bytes.write((int) value);
  }

  /** A number of either sign: zigzag, so that small ones are short. */
  void signed(long value) {
    unsigned(value << 1 ^ value >> 63);
  }

  /** Eight bytes, most significant first. */
  void fixed(long value) {
    for (int shift = 56; shift >= 0; shift -= 8) bytes.write((int) (value >>> shift));
  }

  byte[] toBytes() {
    return bytes.toByteArray();
  }
}
