package dev.nescio.schemas.serde;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;

class WireBoundsTest {

  private static final Schema STRING = Schema.create(Schema.Type.STRING);

  @Test
  void acceptsExactlyOneValue() {
    assertThatCode(() -> WireBounds.check(STRING, new byte[] {4, 'a', 'b'}, 0, 4)).doesNotThrowAnyException();
    assertThatThrownBy(() -> WireBounds.check(STRING, new byte[] {2, 'a', 'b'}, 0, 4))
        .hasMessageContaining("1 bytes follow");
  }

  @Test
  void refusesALengthBeyondTheEnd() {
    // 0xfe 0xff 0xff 0xff 0x0f is the zig-zag varint of 2147483647
    byte[] bomb = {(byte) 0xfe, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f};
    assertThatThrownBy(() -> WireBounds.check(STRING, bomb, 0, 4)).hasMessageContaining("a length of 2147483647");
    assertThatThrownBy(() -> WireBounds.check(Schema.createArray(STRING), bomb, 0, 4))
        .hasMessageContaining("a block of 2147483647 items");
    assertThatThrownBy(() -> WireBounds.check(STRING, new byte[] {1}, 0, 4)).hasMessageContaining("a length of -1");
  }

  @Test
  void refusesItemsThatTakeNoBytes() {
    Schema nulls = Schema.createArray(Schema.create(Schema.Type.NULL));
    assertThatThrownBy(() -> WireBounds.check(nulls, new byte[] {2, 0}, 0, 4)).hasMessageContaining("take no bytes");
  }

  @Test
  void refusesNestingWithoutEnd() {
    Schema list = SchemaBuilder.record("Cell").fields().name("next").type().optional().record("Inner").fields()
        .name("more").type().array().items().type("Cell").noDefault().endRecord().endRecord();
    byte[] deep = new byte[300];
    Arrays.fill(deep, (byte) 2);
    assertThatThrownBy(() -> WireBounds.check(list, deep, 0, 32)).hasMessageContaining("deeper than 32 levels");
  }

  @Test
  void refusesNumbersWithoutEndAndUnknownBranches() {
    Schema number = Schema.create(Schema.Type.LONG);
    assertThatThrownBy(() -> WireBounds.check(number, new byte[] {-1, -1}, 0, 4))
        .hasMessageContaining("ends within a number");
    byte[] eleven = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0};
    assertThatThrownBy(() -> WireBounds.check(number, eleven, 0, 4)).hasMessageContaining("longer than ten bytes");
    Schema union = Schema.createUnion(Schema.create(Schema.Type.NULL), STRING);
    assertThatThrownBy(() -> WireBounds.check(union, new byte[] {4}, 0, 4)).hasMessageContaining("no branch 2");
  }

  @Test
  void acceptsBlocksWithASize() {
    // count -1 (one item, size follows), size 2 bytes, "a", end
    assertThatCode(() -> WireBounds.check(Schema.createArray(STRING), new byte[] {1, 4, 2, 'a', 0}, 0, 4))
        .doesNotThrowAnyException();
  }
}
