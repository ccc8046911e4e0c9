package dev.nescio.model.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * The blocks of ggml's quantised formats, computed in float32 in the order in which ggml computes them. Source: ggml's
 * {@code ggml-common.h} (layouts) and {@code ggml-quants.c} (arithmetic).
 *
 * <p>Blocks of 32 elements; in each byte of a pair the low nibble is element i, the high one element i + 16:
 * <ul>
 *   <li>Q4_0: f16 d, 16 bytes of nibbles q; x = d (q - 8)
 *   <li>Q4_1: f16 d, f16 m, 16 bytes; x = d q + m
 *   <li>Q5_0, Q5_1: as these, with 4 bytes of fifth bits, element i at bit i, before the nibbles; x = d (q - 16) and
 *       d q + m
 *   <li>Q8_0: f16 d, 32 signed bytes q; x = d q
 * </ul>
 *
 * <p>Super-blocks of 256:
 * <ul>
 *   <li>Q4_K: f16 d, f16 m, 12 bytes with a 6-bit scale s and minimum t for each of 8 groups, 128 bytes: groups 2 i and
 *       2 i + 1 are the low and high nibbles of bytes 32 i to 32 i + 31; x = (d s) q - m t
 *   <li>Q5_K: as this, with 32 bytes of fifth bits after the scales, those of group g at bit g
 *   <li>Q6_K: 128 bytes of low nibbles, 64 bytes of upper two bits, 16 signed scales s of 16 elements, f16 d;
 *       x = (d s) (q - 32)
 * </ul>
 */
final class GgmlBlocks {

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private GgmlBlocks() {}

  static void f32(MemorySegment block, FloatBuffer out) {
    out.put(block.get(FLOAT, 0));
  }

  static void f16(MemorySegment block, FloatBuffer out) {
    out.put(half(block, 0));
  }

  static void bf16(MemorySegment block, FloatBuffer out) {
    out.put(Float.intBitsToFloat(block.get(SHORT, 0) << 16));
  }

  static void q40(MemorySegment block, FloatBuffer out) {
    float d = half(block, 0);
    for (int i = 0; i < 32; i++) out.put(d * (nibble(block, 2, i) - 8));
  }

  static void q41(MemorySegment block, FloatBuffer out) {
    float d = half(block, 0);
    float m = half(block, 2);
    for (int i = 0; i < 32; i++) out.put(d * nibble(block, 4, i) + m);
  }

  static void q50(MemorySegment block, FloatBuffer out) {
    float d = half(block, 0);
    int fifth = block.get(INT, 2);
    for (int i = 0; i < 32; i++) out.put(d * ((nibble(block, 6, i) | (fifth >>> i & 1) << 4) - 16));
  }

  static void q51(MemorySegment block, FloatBuffer out) {
    float d = half(block, 0);
    float m = half(block, 2);
    int fifth = block.get(INT, 4);
    for (int i = 0; i < 32; i++) out.put(d * (nibble(block, 8, i) | (fifth >>> i & 1) << 4) + m);
  }

  static void q80(MemorySegment block, FloatBuffer out) {
    float d = half(block, 0);
    for (int i = 0; i < 32; i++) out.put(d * block.get(ValueLayout.JAVA_BYTE, 2 + i));
  }

  static void q4k(MemorySegment block, FloatBuffer out) {
    for (int group = 0; group < 8; group++) {
      float scale = half(block, 0) * scale(block, group);
      float minimum = half(block, 2) * minimum(block, group);
      for (int i = 0; i < 32; i++) {
        int q = unsigned(block, 16 + group / 2 * 32 + i) >>> 4 * (group % 2) & 15;
        out.put(scale * q - minimum);
      }
    }
  }

  static void q5k(MemorySegment block, FloatBuffer out) {
    for (int group = 0; group < 8; group++) {
      float scale = half(block, 0) * scale(block, group);
      float minimum = half(block, 2) * minimum(block, group);
      for (int i = 0; i < 32; i++) {
        int q = unsigned(block, 48 + group / 2 * 32 + i) >>> 4 * (group % 2) & 15;
        int fifth = unsigned(block, 16 + i) >>> group & 1;
        out.put(scale * (q | fifth << 4) - minimum);
      }
    }
  }

  static void q6k(MemorySegment block, FloatBuffer out) {
    float d = half(block, 208);
    for (int element = 0; element < 256; element++) {
      int half = element / 128;
      int quarter = element % 128 / 32;
      int i = element % 32;
      int low = unsigned(block, 64 * half + 32 * (quarter % 2) + i) >>> 4 * (quarter / 2) & 15;
      int high = unsigned(block, 128 + 32 * half + i) >>> 2 * quarter & 3;
      float scale = d * block.get(ValueLayout.JAVA_BYTE, 192 + element / 16);
      out.put(scale * ((low | high << 4) - 32));
    }
  }

  /** Six bits: those of four groups stand in bytes 0 to 3; of the others four in bytes 8 to 11, two above the first. */
  private static int scale(MemorySegment block, int group) {
    if (group < 4) return unsigned(block, 4 + group) & 63;
    return unsigned(block, 8 + group) & 15 | unsigned(block, group) >>> 6 << 4;
  }

  private static int minimum(MemorySegment block, int group) {
    if (group < 4) return unsigned(block, 8 + group) & 63;
    return unsigned(block, 8 + group) >>> 4 | unsigned(block, 4 + group) >>> 6 << 4;
  }

  private static float half(MemorySegment block, long at) {
    return Float.float16ToFloat(block.get(SHORT, at));
  }

  private static int unsigned(MemorySegment block, long at) {
    return Byte.toUnsignedInt(block.get(ValueLayout.JAVA_BYTE, at));
  }

  private static int nibble(MemorySegment block, long at, int element) {
    return unsigned(block, at + element % 16) >>> 4 * (element / 16) & 15;
  }
}
