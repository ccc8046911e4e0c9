package dev.nescio.model.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.nescio.model.Golden;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsReaderTest {

  @TempDir
  Path directory;

  @Test
  void readsEveryTypeAsFloat32() throws IOException {
    String header = """
        {"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},
         "b":{"dtype":"BF16","shape":[1,2],"data_offsets":[4,8]},
         "c":{"dtype":"F32","shape":[],"data_offsets":[8,12]},"__metadata__":{"format":"pt"}}""";
    ByteBuffer data = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    data.putShort((short) 0x3E00).putShort((short) 0xC000); // 1.5, -2
    data.putShort((short) 0x3FC0).putShort((short) 0xC000); // 1.5, -2
    data.putFloat(0.1f);
    try (NDManager manager = NDManager.newBaseManager();
        SafetensorsReader reader = new SafetensorsReader(file(header, data.array()))) {
      assertThat(reader.names()).containsExactly("a", "b", "c");
      assertThat(reader.metadata()).containsEntry("format", "pt");
      assertThat(reader.float32("a", new Shape(2), manager).toFloatArray()).containsExactly(1.5f, -2);
      assertThat(reader.float32("b", new Shape(1, 2), manager).toFloatArray()).containsExactly(1.5f, -2);
      assertThat(reader.float32("c", new Shape(), manager).toFloatArray()).containsExactly(0.1f);
    }
  }

  @Test
  void rowsAreThoseOfTheWholeAndOutliveTheReader() throws IOException {
    String header = """
        {"a":{"dtype":"F16","shape":[2,3],"data_offsets":[0,12]},"b":{"dtype":"BF16","shape":[3,1],"data_offsets":[12,18]},\
        "c":{"dtype":"F32","shape":[1,2],"data_offsets":[18,26]}}""";
    byte[] data = new byte[26];
    for (int i = 0; i < data.length; i++) data[i] = (byte) (i + 1);
    Path file = file(header, data);
    Map<String, int[]> shapes = Map.of("a", new int[] {2, 3}, "b", new int[] {3, 1}, "c", new int[] {1, 2});
    for (Map.Entry<String, int[]> one : shapes.entrySet()) {
      int rows = one.getValue()[0];
      int width = one.getValue()[1];
      float[] whole;
      TensorRows opened;
      try (SafetensorsReader reader = new SafetensorsReader(file)) {
        whole = reader.floats(one.getKey(), rows, width);
        opened = reader.rows(one.getKey(), rows, width);
        assertThatThrownBy(() -> reader.rows(one.getKey(), rows + 1, width)).hasMessageContaining("expected");
      }
      try (opened) {
        for (int row = rows - 1; row >= 0; row--) {
          assertThat(opened.row(row)).isEqualTo(Arrays.copyOfRange(whole, row * width, (row + 1) * width));
        }
        assertThatThrownBy(() -> opened.row(rows)).isInstanceOf(IndexOutOfBoundsException.class);
      }
    }
  }

  @Test
  void arraysOutliveTheReader() throws IOException {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray norm;
      try (SafetensorsReader reader = new SafetensorsReader(Golden.path("tiny/model.safetensors"))) {
        norm = reader.float32("model.norm.weight", new Shape(64), manager);
      }
      assertThat(norm.toFloatArray()).hasSize(64).doesNotContain(Float.NaN);
    }
  }

  static Stream<Arguments> damages() {
    String one = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
    return Stream.of(
        Arguments.of("truncated", one, 4, "is truncated: tensor a"),
        Arguments.of("rest", one, 12, "4 bytes after its last tensor"),
        Arguments.of("hole", one.replace("[0,8]", "[4,12]"), 12, "a hole at a"),
        Arguments.of("overlap",
            one.replace("}}", "},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}"), 8,
            "overlapping tensors at b"),
        Arguments.of("size", one.replace("[2]", "[3]"), 8, "gives tensor a 8 bytes"),
        Arguments.of("overflow", one.replace("[2]", "[4294967296,4294967296]"), 8, "impossible shape for tensor a"),
        Arguments.of("negative", one.replace("[2]", "[-2]"), 8, "has shape [-2] for tensor a"),
        Arguments.of("offsets", one.replace("[0,8]", "[8,0]"), 8, "has offsets [8,0] for tensor a"),
        Arguments.of("no offsets", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8,
            "without dtype, shape and data_offsets: a"),
        Arguments.of("twice", one.replace("}}", "}," + one.substring(1)), 8, "Duplicate field 'a'"),
        Arguments.of("no object", "{1:2}", 0, "no valid JSON"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damages")
  void refusesDamageNamingFileAndTensor(String name, String header, int dataBytes, String message) throws IOException {
    Path file = file(header, new byte[dataBytes]);
    assertThatThrownBy(() -> new SafetensorsReader(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(message);
  }

  @Test
  void refusesAHeaderThatIsTooLongBeforeReadingIt() throws IOException {
    Path file = directory.resolve("long.safetensors");
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(1L << 40).put((byte) '{');
    Files.write(file, bytes.array());
    assertThatThrownBy(() -> new SafetensorsReader(file)).hasMessageContaining("header has 1099511627776 bytes");
  }

  @Test
  void refusesPickles() throws IOException {
    Path file = directory.resolve("pickle.safetensors");
    Files.write(file, "PK\3\4 something zipped by torch.save".getBytes(StandardCharsets.US_ASCII));
    assertThatThrownBy(() -> new SafetensorsReader(file)).hasMessageContaining("pickle");
  }

  @Test
  void namesTheTensorThatIsMissingOrOfAnotherShape() throws IOException {
    Path file = Golden.path("tiny/model.safetensors");
    try (NDManager manager = NDManager.newBaseManager(); SafetensorsReader reader = new SafetensorsReader(file)) {
      assertThatThrownBy(() -> reader.float32("no.such", new Shape(1), manager))
          .hasMessageContaining("tensor no.such is missing").hasMessageContaining(file.toString());
      assertThatThrownBy(() -> reader.float32("model.norm.weight", new Shape(65), manager))
          .hasMessageContaining("model.norm.weight").hasMessageContaining("(64)").hasMessageContaining("(65)");
    }
  }

  @Property(tries = 20)
  void readsWhatTheWriterWrote(@ForAll @Size(min = 1, max = 50) float[] values) throws IOException {
    Path place = Files.createTempDirectory("safetensors");
    Path file = place.resolve("a.safetensors");
    Map<String, long[]> shapes = new LinkedHashMap<>();
    shapes.put("first", new long[] {values.length});
    shapes.put("second", new long[] {1, values.length});
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) bytes.putFloat(value);
    SafetensorsWriter.write(file, shapes, Map.of("made-by", "test"), name -> bytes.duplicate().flip());
    try (SafetensorsReader reader = new SafetensorsReader(file)) {
      assertThat(reader.metadata()).containsEntry("made-by", "test").containsEntry("format", "pt");
      for (String name : shapes.keySet()) {
        assertThat(reader.bytes(name).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes.array());
      }
    } finally {
      Files.delete(file);
      Files.delete(place);
    }
  }

  private Path file(String header, byte[] data) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer all = ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    all.putLong(text.length).put(text).put(data);
    Path file = directory.resolve("a.safetensors");
    Files.write(file, all.array());
    return file;
  }
}
