package dev.nescio.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A memory-mapped safetensors file.
 *
 * <p>The header is checked before anything is allocated: at most 100 MB, offsets inside the file, sizes that fit the
 * shapes, no overlap, no hole, no repeated name, and data that end where the file ends. Reading copies out of the
 * mapping, so arrays outlive this reader. Not thread-safe.
 */
public final class SafetensorsReader implements AutoCloseable {

  private static final long MAX_HEADER = 100_000_000;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final Map<String, Integer> SIZES = sizes();

  /**
   * A tensor's place.
   *
   * @param name  its name
   * @param type  element type as written, for example {@code F32}
   * @param shape its shape
   * @param begin first byte, from the beginning of the data
   * @param end   byte after the last
   */
  public record Entry(String name, String type, Shape shape, long begin, long end) {}

  private final Path file;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment data;
  private final Map<String, Entry> entries;
  private final Map<String, String> metadata = new LinkedHashMap<>();

  /**
   * Maps a file.
   *
   * @throws ModelFormatException naming the file and what is wrong with its header
   */
  public SafetensorsReader(Path file) throws IOException {
    this.file = file;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < Long.BYTES + 2) throw damaged("has only " + size + " bytes");
      MemorySegment all = channel.map(MapMode.READ_ONLY, 0, size, arena);
      long header = headerLength(all);
      byte[] text = all.asSlice(Long.BYTES, header).toArray(ValueLayout.JAVA_BYTE);
      this.data = all.asSlice(Long.BYTES + header);
      this.entries = entries(Json.parse(text, "header of " + file));
    } catch (NoSuchFileException e) {
      arena.close();
      throw new ModelFormatException(file + " is missing; the model directory is incomplete", e);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /** Names of all tensors, in file order. */
  public Set<String> names() {
    return entries.keySet();
  }

  /** Free text that the writer added. */
  public Map<String, String> metadata() {
    return Map.copyOf(metadata);
  }

  /** @throws ModelFormatException naming tensor and file if it is not there */
  public Entry entry(String name) throws ModelFormatException {
    Entry entry = entries.get(name);
    if (entry == null) throw new ModelFormatException("tensor " + name + " is missing in " + file);
    return entry;
  }

  /** The bytes of a tensor, little endian; valid until {@link #close}. */
  public MemorySegment bytes(String name) throws ModelFormatException {
    Entry entry = entry(name);
    return data.asSlice(entry.begin(), entry.end() - entry.begin());
  }

  /**
   * Copies a tensor into a new float32 array.
   *
   * @param shape   what it must have
   * @param manager owner of the array
   * @throws ModelFormatException naming tensor and file if it is missing or of another shape or type
   */
  public NDArray float32(String name, Shape shape, NDManager manager) throws ModelFormatException {
    TensorType type = checked(name, shape);
    try (Arena scratch = Arena.ofConfined()) {
      ByteBuffer elements = widened(bytes(name), type, scratch).asByteBuffer().order(ByteOrder.nativeOrder());
      // DJL arrays made from a direct buffer are views of it; the copy is the engine's own.
      try (NDArray view = manager.create(elements, shape, DataType.FLOAT32)) {
        return view.duplicate();
      }
    }
  }

  /** Copies a tensor of the given dimensions into an array. */
  float[] floats(String name, long... dimensions) throws ModelFormatException {
    TensorType type = checked(name, new Shape(dimensions));
    try (Arena scratch = Arena.ofConfined()) {
      return widened(bytes(name), type, scratch).toArray(FLOAT);
    }
  }

  private TensorType checked(String name, Shape shape) throws ModelFormatException {
    Entry entry = entry(name);
    if (!entry.shape().equals(shape)) {
      throw new ModelFormatException(
          "tensor " + name + " in " + file + " has shape " + entry.shape() + ", expected " + shape);
    }
    TensorType type = TensorType.named(entry.type()).orElseThrow(() -> new ModelFormatException(
        "tensor " + name + " in " + file + " has type " + entry.type() + "; F32, F16 and BF16 are supported"));
    if (shape.size() > Integer.MAX_VALUE / Float.BYTES) {
      throw new ModelFormatException("tensor " + name + " in " + file + " is larger than 2 GB");
    }
    return type;
  }

  @Override
  public void close() {
    arena.close();
  }

  private static MemorySegment widened(MemorySegment source, TensorType type, Arena scratch) {
    if (type == TensorType.F32) return source;
    long n = source.byteSize() / type.bytes();
    MemorySegment floats = scratch.allocate(n * Float.BYTES, Float.BYTES);
    for (long i = 0; i < n; i++) {
      floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, type.widen(source.get(SHORT, i * Short.BYTES)));
    }
    return floats;
  }

  private long headerLength(MemorySegment all) throws ModelFormatException {
    byte first = all.get(ValueLayout.JAVA_BYTE, Long.BYTES);
    // Pickles start with 0x80 or, zipped by torch.save, with PK.
    boolean zip = all.get(ValueLayout.JAVA_BYTE, 0) == 'P' && all.get(ValueLayout.JAVA_BYTE, 1) == 'K';
    if (zip || (all.get(ValueLayout.JAVA_BYTE, 0) == (byte) 0x80 && first != '{')) {
      throw new ModelFormatException(file + " is a pickle, which could run code; convert it to safetensors");
    }
    long length = all.get(LONG, 0);
    if (length < 2 || length > MAX_HEADER) throw damaged("says that its header has " + length + " bytes");
    if (length > all.byteSize() - Long.BYTES) {
      throw damaged("ends inside its header: " + all.byteSize() + " bytes, header of " + length);
    }
    if (first != '{') throw damaged("has no JSON header");
    return length;
  }

  private Map<String, Entry> entries(JsonNode header) throws ModelFormatException {
    List<Entry> list = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : header.properties()) {
      if (field.getKey().equals("__metadata__")) {
        field.getValue().properties().forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
      } else {
        list.add(entry(field.getKey(), field.getValue()));
      }
    }
    list.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long position = 0;
    Map<String, Entry> byName = LinkedHashMap.newLinkedHashMap(list.size());
    for (Entry entry : list) {
      if (entry.end() > data.byteSize()) {
        throw damaged("is truncated: tensor " + entry.name() + " needs " + entry.end() + " bytes of data, there are "
            + data.byteSize());
      }
      if (entry.begin() != position) {
        throw damaged("has " + (entry.begin() < position ? "overlapping tensors" : "a hole") + " at " + entry.name());
      }
      position = entry.end();
      byName.put(entry.name(), entry);
    }
    if (position != data.byteSize()) {
      throw damaged("has " + (data.byteSize() - position) + " bytes after its last tensor");
    }
    return byName;
  }

  private Entry entry(String name, JsonNode node) throws ModelFormatException {
    JsonNode offsets = node.path("data_offsets");
    if (offsets.size() != 2 || !offsets.path(0).canConvertToLong() || !offsets.path(1).canConvertToLong()
        || !node.path("shape").isArray() || !node.path("dtype").isTextual()) {
      throw damaged("has a header entry without dtype, shape and data_offsets: " + name);
    }
    long begin = offsets.get(0).longValue();
    long end = offsets.get(1).longValue();
    if (begin < 0 || end < begin) throw damaged("has offsets " + offsets + " for tensor " + name);
    long[] shape = new long[node.get("shape").size()];
    long elements = 1;
    try {
      for (int i = 0; i < shape.length; i++) {
        JsonNode dimension = node.get("shape").get(i);
        shape[i] = dimension.canConvertToLong() ? dimension.longValue() : -1;
        if (shape[i] < 0) throw damaged("has shape " + node.get("shape") + " for tensor " + name);
        elements = Math.multiplyExact(elements, shape[i]);
      }
      int bytes = SIZES.getOrDefault(node.get("dtype").textValue(), 0);
      if (bytes > 0 && Math.multiplyExact(elements, (long) bytes) != end - begin) {
        throw damaged("gives tensor " + name + " " + (end - begin) + " bytes for shape " + node.get("shape"));
      }
    } catch (ArithmeticException e) {
      throw new ModelFormatException(file + " has an impossible shape for tensor " + name, e);
    }
    return new Entry(name, node.get("dtype").textValue(), new Shape(shape), begin, end);
  }

  private ModelFormatException damaged(String what) {
    return new ModelFormatException(file + " " + what + "; the file is damaged, fetch or write it again");
  }

  private static Map<String, Integer> sizes() {
    Map<String, Integer> sizes = new HashMap<>();
    for (String type : List.of("BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2")) sizes.put(type, 1);
    for (String type : List.of("U16", "I16", "F16", "BF16")) sizes.put(type, 2);
    for (String type : List.of("U32", "I32", "F32")) sizes.put(type, 4);
    for (String type : List.of("U64", "I64", "F64")) sizes.put(type, 8);
    return Map.copyOf(sizes);
  }
}
