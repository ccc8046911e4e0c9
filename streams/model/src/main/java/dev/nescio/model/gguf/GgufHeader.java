package dev.nescio.model.gguf;

import dev.nescio.model.files.ModelFormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The part of a GGUF file before its data. Source: ggml's {@code docs/gguf.md}. */
final class GgufHeader {

  private static final int MAGIC = 0x46554747; // "GGUF"
  private static final int STRING = 8;
  private static final int ARRAY = 9;
  private static final int DEFAULT_ALIGNMENT = 32;
  private static final int MAX_NAME = 1 << 16;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /**
   * A tensor as announced.
   *
   * @param dimensions fastest first
   * @param offset     from the beginning of the data
   */
  record TensorInfo(String name, long[] dimensions, int type, long offset) {}

  private final Path file;
  private final MemorySegment all;
  private final Map<String, Object> metadata = new LinkedHashMap<>();
  private final List<TensorInfo> tensors = new ArrayList<>();
  private final long alignment;
  private final long dataStart;
  private long position;

  GgufHeader(Path file, MemorySegment all) throws ModelFormatException {
    this.file = file;
    this.all = all;
    if (all.byteSize() < 4 || uint32() != MAGIC) throw new ModelFormatException(file + " is no GGUF file");
    long version = uint32();
    if (version != 2 && version != 3) {
      throw new ModelFormatException(file + " is GGUF version " + version + "; versions 2 and 3 are supported");
    }
    long tensorCount = count(24);
    long keyCount = count(13);
    for (long i = 0; i < keyCount; i++) {
      String key = name();
      if (metadata.put(key, value((int) uint32(), 0)) != null) throw damaged("repeats key " + key);
    }
    for (long i = 0; i < tensorCount; i++) tensors.add(tensorInfo());
    this.alignment = metadata.get("general.alignment") instanceof Number n ? n.longValue() : DEFAULT_ALIGNMENT;
    if (alignment < 1 || alignment > 1 << 16 || Long.bitCount(alignment) != 1) {
      throw damaged("has alignment " + alignment);
    }
    this.dataStart = (position + alignment - 1) / alignment * alignment;
  }

  Map<String, Object> metadata() {
    return metadata;
  }

  List<TensorInfo> tensors() {
    return tensors;
  }

  /** What every tensor's offset is a multiple of. */
  long alignment() {
    return alignment;
  }

  long dataStart() {
    return dataStart;
  }

  private TensorInfo tensorInfo() throws ModelFormatException {
    String name = name();
    long n = uint32();
    if (n < 1 || n > 8) throw damaged("gives tensor " + name + " " + n + " dimensions");
    long[] dimensions = new long[(int) n];
    for (int d = 0; d < n; d++) dimensions[d] = int64();
    return new TensorInfo(name, dimensions, (int) uint32(), int64());
  }

  private Object value(int type, int depth) throws ModelFormatException {
    return switch (type) {
      case 0 -> (long) Byte.toUnsignedInt(int8());
      case 1 -> (long) int8();
      case 2 -> (long) Short.toUnsignedInt(int16());
      case 3 -> (long) int16();
      case 4 -> uint32();
      case 5 -> (long) (int) uint32();
      // By way of text, so that 1e-5 stays 1e-5 when it becomes a double.
      case 6 -> Double.parseDouble(Float.toString(Float.intBitsToFloat((int) uint32())));
      case 7 -> int8() != 0;
      case STRING -> string();
      case ARRAY -> array(depth);
      case 10, 11 -> int64();
      case 12 -> Double.longBitsToDouble(int64());
      default -> throw damaged("has a value of unknown type " + type);
    };
  }

  private List<Object> array(int depth) throws ModelFormatException {
    if (depth > 2) throw damaged("nests arrays deeper than 3");
    int type = (int) uint32();
    long length = count(leastBytes(type));
    List<Object> list = new ArrayList<>((int) Math.min(length, 1 << 10));
    for (long i = 0; i < length; i++) list.add(value(type, depth + 1));
    return list;
  }

  /** What a value of a type takes at least. */
  private int leastBytes(int type) throws ModelFormatException {
    return switch (type) {
      case 0, 1, 7 -> Byte.BYTES;
      case 2, 3 -> Short.BYTES;
      case 4, 5, 6 -> Integer.BYTES;
      case STRING, 10, 11, 12 -> Long.BYTES;
      case ARRAY -> Integer.BYTES + Long.BYTES;
      default -> throw damaged("has an array of unknown type " + type);
    };
  }

  private String name() throws ModelFormatException {
    String name = string();
    if (name.isEmpty() || name.length() > MAX_NAME) {
      throw damaged("has a name of " + name.length() + " characters at byte " + position);
    }
    return name;
  }

  /** A count whose items need at least so many bytes each; more than the file can hold is refused here. */
  private long count(int itemBytes) throws ModelFormatException {
    long count = int64();
    if (count < 0 || count > (all.byteSize() - position) / itemBytes) {
      throw damaged("announces " + Long.toUnsignedString(count) + " items at byte " + (position - Long.BYTES));
    }
    return count;
  }

  private String string() throws ModelFormatException {
    long length = count(1);
    if (length > Integer.MAX_VALUE - 8) throw damaged("has a string of " + length + " bytes");
    byte[] bytes = all.asSlice(position, length).toArray(ValueLayout.JAVA_BYTE);
    position += length;
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private byte int8() throws ModelFormatException {
    return all.get(ValueLayout.JAVA_BYTE, advance(Byte.BYTES));
  }

  private short int16() throws ModelFormatException {
    return all.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), advance(Short.BYTES));
  }

  private long uint32() throws ModelFormatException {
    return Integer.toUnsignedLong(all.get(INT, advance(Integer.BYTES)));
  }

  private long int64() throws ModelFormatException {
    return all.get(LONG, advance(Long.BYTES));
  }

  private long advance(int bytes) throws ModelFormatException {
    if (position + bytes > all.byteSize()) throw damaged("ends inside its header");
    long at = position;
    position += bytes;
    return at;
  }

  private ModelFormatException damaged(String what) {
    return new ModelFormatException(file + " " + what + "; the file is damaged, fetch it again");
  }
}
