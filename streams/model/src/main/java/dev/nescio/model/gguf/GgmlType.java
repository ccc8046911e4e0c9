package dev.nescio.model.gguf;

import java.lang.foreign.MemorySegment;
import java.nio.FloatBuffer;
import java.util.Optional;

/** Element formats of GGUF tensors that can be widened to float32; ids and sizes as in {@code ggml.h}. */
enum GgmlType {
  F32(0, 1, 4, GgmlBlocks::f32),
  F16(1, 1, 2, GgmlBlocks::f16),
  Q4_0(2, 32, 18, GgmlBlocks::q40),
  Q4_1(3, 32, 20, GgmlBlocks::q41),
  Q5_0(6, 32, 22, GgmlBlocks::q50),
  Q5_1(7, 32, 24, GgmlBlocks::q51),
  Q8_0(8, 32, 34, GgmlBlocks::q80),
  Q4_K(12, 256, 144, GgmlBlocks::q4k),
  Q5_K(13, 256, 176, GgmlBlocks::q5k),
  Q6_K(14, 256, 210, GgmlBlocks::q6k),
  BF16(30, 1, 2, GgmlBlocks::bf16);

  /** Widens one block, appending its elements. */
  @FunctionalInterface
  interface Widening {
    void widen(MemorySegment block, FloatBuffer out);
  }

  private final int id;
  private final int blockElements;
  private final int blockBytes;
  private final Widening widening;

  GgmlType(int id, int blockElements, int blockBytes, Widening widening) {
    this.id = id;
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
    this.widening = widening;
  }

  /** Widens one block, appending its elements. */
  void widen(MemorySegment block, FloatBuffer out) {
    widening.widen(block, out);
  }

  int id() {
    return id;
  }

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
}
