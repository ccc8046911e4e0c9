package dev.nescio.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.model.Golden;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GgmlTypeTest {

  /** Against the numpy code of PyPI's gguf; see {@code src/test/golden/gguf_files.py}. */
  @ParameterizedTest
  @EnumSource(GgmlType.class)
  void widensEveryBitAsTheReferenceDoes(GgmlType type) {
    JsonNode golden = Golden.json("gguf/blocks.json").get(type.name());
    assertThat(type.id()).isEqualTo(golden.get("id").intValue());
    assertThat(type.blockElements()).isEqualTo(golden.get("elements").intValue());
    assertThat(type.blockBytes()).isEqualTo(golden.get("bytes").intValue());
    MemorySegment blocks = MemorySegment.ofArray(Base64.getDecoder().decode(golden.get("blocks").asText()));
    ByteBuffer expected =
        ByteBuffer.wrap(Base64.getDecoder().decode(golden.get("values").asText())).order(ByteOrder.LITTLE_ENDIAN);
    FloatBuffer actual = FloatBuffer.allocate(expected.capacity() / Float.BYTES);
    for (long at = 0; at < blocks.byteSize(); at += type.blockBytes()) {
      type.widen(blocks.asSlice(at, type.blockBytes()), actual);
    }
    assertThat(actual.hasRemaining()).isFalse();
    int[] bits = new int[actual.capacity()];
    int[] expectedBits = new int[bits.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(actual.get(i));
      expectedBits[i] = Float.floatToRawIntBits(expected.getFloat(i * Float.BYTES));
    }
    assertThat(bits).isEqualTo(expectedBits);
  }

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
