package dev.nescio.evaluation;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Writes the fields of a state record in order: zig-zag varints, UTF-8 strings with a length, one version byte first.
 */
final class FieldWriter {

  /** For {@link #word}; null where texts are written out. */
  private final Words words;
  private byte[] buffer = new byte[128];
  private int size;

  FieldWriter() {
    this(null);
  }

  FieldWriter(Words words) {
    this.words = words;
  }

  FieldWriter version(int version) {
    return octet(version);
  }

  FieldWriter octet(int value) {
    ensure(1);
    buffer[size++] = (byte) value;
    return this;
  }

  FieldWriter flag(boolean value) {
    return octet(value ? 1 : 0);
  }

  FieldWriter number(long value) {
    ensure(10);
    long rest = (value << 1) ^ (value >> 63);
    while ((rest & ~0x7FL) != 0) {
      buffer[size++] = (byte) (rest & 0x7F | 0x80);
      rest >>>= 7;
    }
    buffer[size++] = (byte) rest;
    return this;
  }

  /** Eight bytes, most significant first: for hashes and bit patterns. */
  FieldWriter fixed(long value) {
    ensure(8);
    for (int shift = 56; shift >= 0; shift -= 8) buffer[size++] = (byte) (value >>> shift);
    return this;
  }

  FieldWriter text(String value) {
    return bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /** {@code null} is kept apart from the empty text. */
  FieldWriter optionalText(String value) {
    flag(value != null);
    return value == null ? this : text(value);
  }

  FieldWriter bytes(byte[] value) {
    number(value.length);
    ensure(value.length);
    System.arraycopy(value, 0, buffer, size, value.length);
    size += value.length;
    return this;
  }

  FieldWriter texts(List<String> values) {
    number(values.size());
    values.forEach(this::text);
    return this;
  }

  /** A text or null that many records share; as a number where there is a list of words. */
  FieldWriter word(String value) {
    if (words == null) return optionalText(value);
    words.write(this, value);
    return this;
  }

  FieldWriter optionalDouble(Double value) {
    flag(value != null);
    return value == null ? this : fixed(Double.doubleToLongBits(value));
  }

  FieldWriter optionalInt(OptionalInt value) {
    flag(value.isPresent());
    if (value.isPresent()) number(value.getAsInt());
    return this;
  }

  FieldWriter optionalLong(OptionalLong value) {
    flag(value.isPresent());
    if (value.isPresent()) number(value.getAsLong());
    return this;
  }

  FieldWriter optionalDouble(OptionalDouble value) {
    flag(value.isPresent());
    if (value.isPresent()) fixed(Double.doubleToLongBits(value.getAsDouble()));
    return this;
  }

  /** {@code null}, false or true in one byte. */
  FieldWriter verdict(Boolean value) {
    return octet(value == null ? 2 : value ? 1 : 0);
  }

  byte[] toBytes() {
    return Arrays.copyOf(buffer, size);
  }

  private void ensure(int more) {
    if (buffer.length - size < more) buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + more));
  }
}
