package dev.nescio.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class GgmlTypeTest {

  @Test
  void widensQ4WithAMinimum() {
    // d = 0.5, m = -2; byte i holds nibble i below and nibble 15 - i above.
    ByteBuffer block = block(20).putShort(half(0.5f)).putShort(half(-2));
    for (int i = 0; i < 16; i++) block.put((byte) (i | (15 - i) << 4));
    float[] values = widen(GgmlType.Q4_1, block);
    for (int i = 0; i < 16; i++) {
      assertThat(values[i]).isEqualTo(0.5f * i - 2);
      assertThat(values[16 + i]).isEqualTo(0.5f * (15 - i) - 2);
    }
  }

  @Test
  void widensQ4AroundZero() {
    ByteBuffer block = block(18).putShort(half(0.25f));
    for (int i = 0; i < 16; i++) block.put((byte) (i | i << 4));
    float[] values = widen(GgmlType.Q4_0, block);
    assertThat(values[0]).isEqualTo(-2f);
    assertThat(values[8]).isZero();
    assertThat(values[31]).isEqualTo(1.75f);
  }

  @Test
  void widensQ8() {
    ByteBuffer block = block(34).putShort(half(0.125f));
    for (int i = 0; i < 32; i++) block.put((byte) (i * 8 - 128));
    float[] values = widen(GgmlType.Q8_0, block);
    assertThat(values[0]).isEqualTo(-16f);
    assertThat(values[31]).isEqualTo(15f);
  }

  private static float[] widen(GgmlType type, ByteBuffer block) {
    FloatBuffer out = FloatBuffer.allocate(type.blockElements());
    type.widen(MemorySegment.ofArray(block.array()), out);
    return out.array();
  }

  private static ByteBuffer block(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static short half(float value) {
    return Float.floatToFloat16(value);
  }
}
