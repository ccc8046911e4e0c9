package dev.nescio.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import dev.nescio.model.Golden;
import dev.nescio.model.TinyGguf;
import dev.nescio.model.files.AtomicFiles;
import dev.nescio.model.files.ModelFormatException;
import dev.nescio.model.files.SafetensorsReader;
import dev.nescio.model.llama.IdkRow;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.torch.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files that were damaged or made to do harm: each is read, or refused as a {@link ModelFormatException}, with little
 * memory and in little time.
 */
class HostileFilesTest {

  private static final long MAX_ALLOCATED = 64L << 20;
  private static final Duration MAX_TIME = Duration.ofSeconds(5);
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir
  Path directory;

  private Path place; // of properties, for which there is no @TempDir

  /** A change to a file of n bytes; every number is taken modulo what is there. */
  sealed interface Damage {

    byte[] apply(byte[] bytes);

    record BitFlip(int at, int bit) implements Damage {
      @Override
      public byte[] apply(byte[] bytes) {
        bytes[at % bytes.length] ^= (byte) (1 << bit);
        return bytes;
      }
    }

    record Cut(int length) implements Damage {
      @Override
      public byte[] apply(byte[] bytes) {
        return Arrays.copyOf(bytes, 1 + length % bytes.length);
      }
    }

    /** Writes a number of 8 bytes over what is there, as if it were a length, a count or an offset. */
    record Splice(int at, long number) implements Damage {
      @Override
      public byte[] apply(byte[] bytes) {
        if (bytes.length < Long.BYTES) return bytes;
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(at % (bytes.length - Long.BYTES + 1), number);
        return bytes;
      }
    }

    /** Copies a run of bytes to another place. */
    record Repeat(int from, int to, int length) implements Damage {
      @Override
      public byte[] apply(byte[] bytes) {
        int n = 1 + length % Math.min(64, bytes.length);
        System.arraycopy(bytes.clone(), from % (bytes.length - n + 1), bytes, to % (bytes.length - n + 1), n);
        return bytes;
      }
    }
  }

  @BeforeProperty
  void makePlace() throws IOException {
    place = Files.createTempDirectory("hostile");
  }

  @AfterProperty
  void deletePlace() throws IOException {
    AtomicFiles.delete(place);
  }

  @Property(tries = 400, shrinking = ShrinkingMode.OFF)
  void damagedGgufIsReadOrRefused(@ForAll("damages") List<Damage> damages) throws IOException {
    Path file = damagedGguf(damages);
    bounded(() -> {
      try (GgufReader reader = new GgufReader(file)) {
        for (String name : reader.tensors().keySet()) reader.float32(name);
        GgufConfig config = GgufConfig.of(reader);
        GgufTokenizer tokenizer = new GgufTokenizer(reader, config.contextLength());
        tokenizer.tokenizerConfig();
        tokenizer.tokenizerJson(config.config().vocabSize());
      }
    });
  }

  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void damagedGgufIsImportedWholeOrNotAtAll(@ForAll("damages") List<Damage> damages) throws IOException {
    Path file = damagedGguf(damages);
    Path model = place.resolve("model");
    bounded(() -> GgufImport.importTo(file, model));
    if (Files.exists(model)) assertThat(model.resolve("model.safetensors")).exists();
    AtomicFiles.delete(model);
  }

  private Path damagedGguf(List<Damage> damages) throws IOException {
    byte[] bytes = Files.readAllBytes(TinyGguf.write(place.resolve("sound.gguf")));
    for (Damage damage : damages) bytes = damage.apply(bytes);
    return Files.write(place.resolve("damaged.gguf"), bytes);
  }

  @Property(tries = 400, shrinking = ShrinkingMode.OFF)
  void damagedSafetensorsAreReadOrRefused(@ForAll("damages") List<Damage> damages) throws IOException {
    byte[] bytes = safetensors("{\"a\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[0,12]},"
        + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[12,20]},\"__metadata__\":{\"format\":\"pt\"}}", 20);
    for (Damage damage : damages) bytes = damage.apply(bytes);
    Path file = Files.write(place.resolve("damaged.safetensors"), bytes);
    bounded(() -> {
      try (SafetensorsReader reader = new SafetensorsReader(file)) {
        for (String name : reader.names()) reader.floats(name, reader.entry(name).shape().getShape());
      }
    });
  }

  @Provide
  Arbitrary<List<Damage>> damages() {
    Arbitrary<Integer> place = Arbitraries.integers().between(0, 1 << 20);
    Arbitrary<Long> numbers = Arbitraries.of(0L, 1L, -1L, 7L, 255L, 1L << 16, 1L << 31, (1L << 31) - 1, 1L << 32,
        1L << 40, Long.MAX_VALUE, Long.MIN_VALUE, 0x7FFF_FFFF_FFFF_FFF0L);
    Arbitrary<Damage> damage = Arbitraries.oneOf(
        Combinators.combine(place, Arbitraries.integers().between(0, 7)).as(Damage.BitFlip::new),
        place.map(Damage.Cut::new),
        Combinators.combine(place, numbers).as(Damage.Splice::new),
        Combinators.combine(place, place, place).as(Damage.Repeat::new));
    return damage.list().ofMinSize(1).ofMaxSize(4);
  }

  static Stream<Arguments> safetensorsCases() {
    String big = "{\"dtype\":\"F32\",\"shape\":[4611686018427387904],\"data_offsets\":[0,0]}";
    return Stream.of(
        Arguments.of("bytes overflow", "{\"a\":" + big + "}", 0, "impossible shape"),
        Arguments.of("elements overflow to zero", "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],"
            + "\"data_offsets\":[0,0]}}", 0, "impossible shape"),
        Arguments.of("offset beyond long", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],"
            + "\"data_offsets\":[0,99999999999999999999]}}", 4, "no valid JSON"),
        Arguments.of("fractional offset", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4.0]}}", 4,
            "whole numbers"),
        Arguments.of("offsets that are text", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":\"0,4\"}}", 4,
            "no list as offsets"),
        Arguments.of("many dimensions", "{\"a\":{\"dtype\":\"F32\",\"shape\":[" + "1,".repeat(100_000)
            + "1],\"data_offsets\":[0,4]}}", 4, "at most 8 whole numbers"),
        Arguments.of("deep nesting", "{\"a\":" + "[".repeat(100_000), 0, "is no object"),
        Arguments.of("deep nesting in a key that is not known",
            "{\"a\":{\"x\":" + "[".repeat(100_000), 0, "unknown key x"),
        Arguments.of("deep metadata", "{\"__metadata__\":{\"a\":{\"b\":1}}}", 0, "metadata that is no text"),
        Arguments.of("the same name twice", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "Duplicate field 'a'"),
        Arguments.of("the same name twice, once escaped", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],"
            + "\"data_offsets\":[0,4]},\"\\u0061\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4,
            "Duplicate field 'a'"),
        Arguments.of("an endless name", "{\"" + "a".repeat(1_000_000) + "\":1}", 0, "no valid JSON"),
        Arguments.of("a type that is no text", "{\"a\":{\"dtype\":null,\"shape\":[1],\"data_offsets\":[0,4]}}", 4,
            "no text as dtype"),
        Arguments.of("a type that is a list", "{\"a\":{\"dtype\":[\"F32\"],\"shape\":[1],\"data_offsets\":[0,4]}}", 4,
            "no text as dtype"),
        Arguments.of("no type", "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "without dtype"),
        Arguments.of("something after the header", "{} {}", 0, "something after"),
        Arguments.of("header that ends early", "{\"a\":{\"dtype\":\"F32\"", 0, "no valid JSON"),
        Arguments.of("no object", "{\"a\":1}", 0, "is no object"),
        Arguments.of("two tensors in one place", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "overlapping tensors"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("safetensorsCases")
  void refusesHostileSafetensors(String name, String header, int dataBytes, String message) throws IOException {
    Path file = Files.write(directory.resolve("hostile.safetensors"), safetensors(header, dataBytes));
    refused(() -> new SafetensorsReader(file).close(), file, message);
  }

  /** What stands where in the header that {@link TinyGguf} writes. */
  private static final int TENSOR_COUNT = 8;
  private static final int KEY_COUNT = 16;
  private static final int FIRST_KEY_LENGTH = 24;

  static Stream<Arguments> ggufCases() {
    return Stream.of(
        Arguments.of("as many tensors as can be", edit(TENSOR_COUNT, Long.MAX_VALUE), "announces 9223372036854775807"),
        Arguments.of("a negative number of tensors", edit(TENSOR_COUNT, -1), "announces 18446744073709551615"),
        Arguments.of("more keys than bytes", edit(KEY_COUNT, 1L << 20), "announces 1048576 items"),
        Arguments.of("a name longer than the file", edit(FIRST_KEY_LENGTH, 1L << 33), "announces 8589934592 items"),
        Arguments.of("a negative name", edit(FIRST_KEY_LENGTH, Long.MIN_VALUE), "announces 9223372036854775808"),
        Arguments.of("an empty name", edit(FIRST_KEY_LENGTH, 0), "a name of 0 characters"),
        Arguments.of("nested arrays", header(metadata -> {
          string(metadata, "a");
          metadata.putInt(9);
          for (int depth = 0; depth < 5; depth++) metadata.putInt(9).putLong(1);
        }), "nests arrays deeper than 3"),
        Arguments.of("an array of more numbers than bytes", header(metadata -> {
          string(metadata, "a");
          metadata.putInt(9).putInt(10).putLong(100).put(new byte[400]);
        }), "announces 100 items"),
        Arguments.of("an array of an unknown type", header(metadata -> {
          string(metadata, "a");
          metadata.putInt(9).putInt(99).putLong(1);
        }), "unknown type 99"),
        Arguments.of("a value of an unknown type", header(metadata -> {
          string(metadata, "a");
          metadata.putInt(13).putLong(1);
        }), "unknown type 13"),
        Arguments.of("the same key twice", header(2, 0, metadata -> {
          for (int i = 0; i < 2; i++) {
            string(metadata, "a");
            metadata.putInt(7).put((byte) 1);
          }
        }), "repeats key a"),
        Arguments.of("an alignment of three", header(metadata -> {
          string(metadata, "general.alignment");
          metadata.putInt(4).putInt(3);
        }), "alignment 3"),
        Arguments.of("an alignment of zero", header(metadata -> {
          string(metadata, "general.alignment");
          metadata.putInt(4).putInt(0);
        }), "alignment 0"),
        Arguments.of("dimensions that overflow", tensor(new long[] {1L << 32, 1L << 31}, 0), "impossible dimensions"),
        Arguments.of("a dimension of zero", tensor(new long[] {0, 4}, 0), "impossible dimensions"),
        Arguments.of("a negative dimension", tensor(new long[] {-4, 4}, 0), "impossible dimensions"),
        Arguments.of("no dimensions", tensor(new long[] {}, 0), "0 dimensions"),
        Arguments.of("nine dimensions", tensor(new long[9], 0), "9 dimensions"),
        Arguments.of("a tensor beyond the file", tensor(new long[] {4}, 1L << 40), "is truncated"),
        Arguments.of("a tensor far beyond all files", tensor(new long[] {4}, Long.MAX_VALUE - 31), "impossible"),
        Arguments.of("a negative offset", tensor(new long[] {4}, -64), "begins at 18446744073709551552"),
        Arguments.of("an offset that is not aligned", tensor(new long[] {4}, 4), "no multiple of the alignment"),
        Arguments.of("tensors that overlap", header(0, 2, tensors -> {
          tensor(tensors, "a", new long[] {16}, 0);
          tensor(tensors, "b", new long[] {16}, 32);
          tensors.put(new byte[200]);
        }), "overlapping tensors a and b"),
        Arguments.of("the same tensor twice", header(0, 2, tensors -> {
          tensor(tensors, "a", new long[] {8}, 0);
          tensor(tensors, "a", new long[] {8}, 32);
          tensors.put(new byte[200]);
        }), "has tensor a twice"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ggufCases")
  void refusesHostileGguf(String name, byte[] bytes, String message) throws IOException {
    Path file = Files.write(directory.resolve("hostile.gguf"), bytes);
    refused(() -> new GgufReader(file).close(), file, message);
  }

  @Test
  void aConfigurationThatAnnouncesTooMuchIsRefusedBeforeMemoryIsTaken() throws IOException {
    Files.copy(Golden.path("tiny/model.safetensors"), directory.resolve("model.safetensors"));
    for (String lie : List.of("num_hidden_layers", "max_position_embeddings", "num_attention_heads", "vocab_size")) {
      ObjectNode config = (ObjectNode) Golden.json("tiny/config.json");
      Files.write(directory.resolve("config.json"), Golden.MAPPER.writeValueAsBytes(config.put(lie, 2_000_000_000)));
      try (var manager = Torch.newManager()) {
        refused(() -> LlamaWeights.load(directory, new IdkRow.None(), manager), directory, "");
      }
    }
  }

  /** A whole header of zeros, as large as the format allows, costs a look at its beginning. */
  @Test
  void aHugeSparseHeaderIsNotRead() throws IOException {
    Path file = directory.resolve("sparse.safetensors");
    try (var channel = FileChannel.open(file, StandardOpenOption.CREATE,
        StandardOpenOption.WRITE)) {
      ByteBuffer start = ByteBuffer.allocate(9).order(ByteOrder.LITTLE_ENDIAN).putLong(100_000_000).put((byte) '{');
      channel.write(start.flip());
      channel.write(ByteBuffer.allocate(1), 100_000_100);
    }
    refused(() -> new SafetensorsReader(file).close(), file, "no valid JSON");
  }

  @Test
  void aHugeConfigurationIsNotRead() throws IOException {
    try (FileChannel channel = FileChannel.open(directory.resolve("config.json"), StandardOpenOption.CREATE,
        StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), 1L << 31);
    }
    refused(() -> LlamaConfig.read(directory), directory, "has 2147483649 bytes");
  }

  @FunctionalInterface
  private interface Reading {
    void read() throws IOException;
  }

  private static void refused(Reading reading, Path file, String message) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(reading::read).isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(file.toString()).hasMessageContaining(message);
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(MAX_ALLOCATED);
  }

  private static void bounded(Reading reading) throws IOException {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    long start = System.nanoTime();
    try {
      reading.read();
    } catch (ModelFormatException e) {
      assertThat(e).hasMessageContaining("damaged");
    }
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(MAX_ALLOCATED);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(MAX_TIME);
  }

  private static byte[] safetensors(String header, int dataBytes) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer all = ByteBuffer.allocate(8 + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] data = new byte[dataBytes];
    new Random(3).nextBytes(data);
    return all.putLong(text.length).put(text).put(data).array();
  }

  private static byte[] edit(int at, long number) {
    try {
      Path file = Files.createTempFile("tiny", ".gguf");
      byte[] bytes = Files.readAllBytes(TinyGguf.write(file));
      Files.delete(file);
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(at, number);
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] header(Consumer<ByteBuffer> metadata) {
    return header(1, 0, metadata);
  }

  private static byte[] header(int keys, int tensors, Consumer<ByteBuffer> rest) {
    ByteBuffer out = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(0x46554747).putInt(3).putLong(tensors).putLong(keys);
    rest.accept(out);
    return Arrays.copyOf(out.array(), out.position());
  }

  private static byte[] tensor(long[] dimensions, long offset) {
    return header(0, 1, out -> {
      tensor(out, "a", dimensions, offset);
      out.put(new byte[200]);
    });
  }

  private static void tensor(ByteBuffer out, String name, long[] dimensions, long offset) {
    string(out, name);
    out.putInt(dimensions.length);
    for (long dimension : dimensions) out.putLong(dimension);
    out.putInt(0).putLong(offset);
  }

  private static void string(ByteBuffer out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.putLong(bytes.length).put(bytes);
  }
}
