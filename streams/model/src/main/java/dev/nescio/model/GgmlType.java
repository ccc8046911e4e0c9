package dev.nescio.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * Element formats of GGUF tensors that can be widened to float32. Source: ggml's {@code ggml-quants.c}.
 *
 * <p>Blocks of 32 elements: Q4_0 f16 d, 16 bytes, x = d (q - 8); Q4_1 f16 d, f16 m, 16 bytes, x = d q + m (low nibbles
 * are elements 0 to 15, high nibbles 16 to 31); Q8_0 f16 d, 32 signed bytes, x = d q. Computed in float32, as ggml
 * does.
 */
enum GgmlType {
  F32(0, 1, 4) {
    @Override
    void widen(MemorySegment block, FloatBuffer out) {
      out.put(block.get(FLOAT, 0));
    }
  },
  F16(1, 1, 2) {
    @Override
    void widen(MemorySegment block, FloatBuffer out) {
      out.put(half(block, 0));
    }
  },
  Q4_0(2, 32, 18) {
    @Override
    void widen(MemorySegment block, FloatBuffer out) {
      float d = half(block, 0);
      for (int i = 0; i < 32; i++) out.put(d * (nibble(block, 2, i) - 8));
    }
  },
  Q4_1(3, 32, 20) {
    @Override
    void widen(MemorySegment block, FloatBuffer out) {
      float d = half(block, 0);
      float m = half(block, 2);
      for (int i = 0; i < 32; i++) out.put(d * nibble(block, 4, i) + m);
    }
  },
  Q8_0(8, 32, 34) {
    @Override
    void widen(MemorySegment block, FloatBuffer out) {
      float d = half(block, 0);
      for (int i = 0; i < 32; i++) out.put(d * block.get(ValueLayout.JAVA_BYTE, 2 + i));
    }
  };

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int id;
  private final int blockElements;
  private final int blockBytes;

  GgmlType(int id, int blockElements, int blockBytes) {
    this.id = id;
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
  }

  /** Widens one block, appending its elements. */
  abstract void widen(MemorySegment block, FloatBuffer out);

  int blockElements() {
    return blockElements;
  }

  int blockBytes() {
    return blockBytes;
  }

  static Optional<GgmlType> ofId(int id) {
    for (GgmlType type : values()) if (type.id == id) return Optional.of(type);
    return Optional.empty();
  }

  private static float half(MemorySegment block, long at) {
    return Float.float16ToFloat(block.get(SHORT, at));
  }

  private static int nibble(MemorySegment block, long at, int element) {
    int pair = block.get(ValueLayout.JAVA_BYTE, at + element % 16);
    return element < 16 ? pair & 15 : (pair >> 4) & 15;
  }
}
