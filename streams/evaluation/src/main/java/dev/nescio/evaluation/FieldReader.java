package dev.nescio.evaluation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads what {@link FieldWriter} wrote. Truncated bytes end in {@link java.nio.BufferUnderflowException}. */
final class FieldReader {

  private final ByteBuffer in;
  private final Words words;

  FieldReader(byte[] bytes) {
    this(bytes, null);
  }

  /** @param words the list that was written with */
  FieldReader(byte[] bytes, Words words) {
    this(ByteBuffer.wrap(bytes), words);
  }

  private FieldReader(ByteBuffer in, Words words) {
    this.in = in;
    this.words = words;
  }

  /** Reads on from here, with a list of words. */
  FieldReader with(Words list) {
    return new FieldReader(in, list);
  }

  /**
   * The version that wrote this.
   *
   * @throws IllegalStateException when a newer program wrote this state
   */
  int version(String what, int newest) {
    int version = octet();
    if (version < 1 || version > newest) {
      throw new IllegalStateException("the " + what + " state has version " + version + ", this program reads up to "
          + newest + ": run the program that wrote it, or start with an empty state directory");
    }
    return version;
  }

  int octet() {
    return in.get() & 0xFF;
  }

  boolean flag() {
    return octet() != 0;
  }

  long number() {
    long value = 0;
    int shift = 0;
    byte next;
    do {
      next = in.get();
      value |= (long) (next & 0x7F) << shift;
      shift += 7;
    } while ((next & 0x80) != 0);
    return (value >>> 1) ^ -(value & 1);
  }

  int count() {
    return Math.toIntExact(number());
  }

  long fixed() {
    return in.getLong();
  }

  String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  String optionalText() {
    return flag() ? text() : null;
  }

  byte[] bytes() {
    int length = count();
    if (length < 0 || length > in.remaining()) {
      throw new IllegalStateException("a field of " + length + " bytes where " + in.remaining() + " are left");
    }
    byte[] value = new byte[length];
    in.get(value);
    return value;
  }

  String word() {
    return words == null ? optionalText() : words.read(this);
  }

  Double nullableDouble() {
    return flag() ? Double.longBitsToDouble(fixed()) : null;
  }

  List<String> texts() {
    int count = count();
    List<String> values = new ArrayList<>();
    for (int i = 0; i < count; i++) values.add(text());
    return values;
  }

  OptionalInt optionalInt() {
    return flag() ? OptionalInt.of(count()) : OptionalInt.empty();
  }

  OptionalLong optionalLong() {
    return flag() ? OptionalLong.of(number()) : OptionalLong.empty();
  }

  OptionalDouble optionalDouble() {
    return flag() ? OptionalDouble.of(Double.longBitsToDouble(fixed())) : OptionalDouble.empty();
  }

  Boolean verdict() {
    int code = octet();
    return code == 2 ? null : code == 1;
  }

  boolean exhausted() {
    return !in.hasRemaining();
  }
}
