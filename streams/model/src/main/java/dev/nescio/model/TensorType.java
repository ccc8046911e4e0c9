package dev.nescio.model;

import java.util.Optional;

/** Element types that can be read as float32 without loss. */
public enum TensorType {
  F32(4),
  F16(2),
  BF16(2);

  private final int bytes;

  TensorType(int bytes) {
    this.bytes = bytes;
  }

  /** Size of an element. */
  public int bytes() {
    return bytes;
  }

  static Optional<TensorType> named(String name) {
    for (TensorType type : values()) if (type.name().equals(name)) return Optional.of(type);
    return Optional.empty();
  }

  /** Widens the bits of a 16-bit element. */
  float widen(short bits) {
    return this == F16 ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
  }
}
