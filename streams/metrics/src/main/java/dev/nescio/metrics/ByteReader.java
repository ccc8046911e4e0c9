package dev.nescio.metrics;

/** Reads what {@link ByteWriter} wrote; refuses anything else by position. */
final class ByteReader {

  private final byte[] bytes;
  private int position;

  ByteReader(byte[] bytes) {
    this.bytes = bytes;
  }

  long unsigned() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = next();
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) return value;
    }
    throw malformed("a number of more than 64 bits");
  }

  long signed() {
    long value = unsigned();
    return value >>> 1 ^ -(value & 1);
  }

  long fixed() {
    long value = 0;
    for (int i = 0; i < 8; i++) value = value << 8 | next();
    return value;
  }

  void expectEnd() {
    if (position != bytes.length) throw malformed((bytes.length - position) + " bytes too many");
  }

  IllegalArgumentException malformed(String what) {
    return new IllegalArgumentException("malformed summary at byte " + position + " of " + bytes.length + ": " + what);
  }

  private int next() {
    if (position == bytes.length) throw malformed("it ends too early");
    return bytes[position++] & 0xFF;
  }
}
