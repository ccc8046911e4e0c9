package dev.nescio.model.files;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;

/** Element types that can be read as float32 without loss. */
public enum TensorType {
  F32(4),
  F16(2),
  BF16(2);

  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int bytes;

  TensorType(int bytes) {
    this.bytes = bytes;
  }

  /** Size of an element. */
  public int bytes() {
    return bytes;
  }

  /** The type that files call so; empty for all that are not read. */
  public static Optional<TensorType> named(String name) {
    for (TensorType type : values()) if (type.name().equals(name)) return Optional.of(type);
    return Optional.empty();
  }

  /** Widens the bits of a 16-bit element. */
  float widen(short bits) {
    return this == F16 ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
  }

  /** Widens elements in little endian; as many as fill the target. */
  void widen(MemorySegment elements, float[] target) {
    if (this == F32) {
      MemorySegment.copy(elements, FLOAT, 0, target, 0, target.length);
      return;
    }
    for (int i = 0; i < target.length; i++) target[i] = widen(elements.get(SHORT, (long) i * Short.BYTES));
  }
}
