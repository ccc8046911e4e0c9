package dev.nescio.model.files;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.Map;
import java.util.Optional;
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
  /** Elements that are widened at a time; bounds the memory beside the array. */
  private static final long PIECE = 1L << 24;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

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
  private final FileChannel channel;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment data;
  private final SafetensorsHeader header;

  /**
   * Maps a file.
   *
   * @throws ModelFormatException naming the file and what is wrong with its header
   */
  public SafetensorsReader(Path file) throws IOException {
    this.file = file;
    try {
      this.channel = FileChannel.open(file, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new ModelFormatException(file + " is missing; the model directory is incomplete", e);
    }
    try {
      long size = channel.size();
      if (size < Long.BYTES + 2) throw damaged(file, "has only " + size + " bytes");
      MemorySegment all = channel.map(MapMode.READ_ONLY, 0, size, arena);
      long length = headerLength(all);
      this.data = all.asSlice(Long.BYTES + length);
      this.header = new SafetensorsHeader(
          file, all.asSlice(Long.BYTES, length).asByteBuffer(), data.byteSize());
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Names of all tensors, in file order. */
  public Set<String> names() {
    return header.entries().keySet();
  }

  /** Free text that the writer added. */
  public Map<String, String> metadata() {
    return Map.copyOf(header.metadata());
  }

  /** @throws ModelFormatException naming tensor and file if it is not there */
  public Entry entry(String name) throws ModelFormatException {
    Entry entry = header.entries().get(name);
    if (entry == null) throw new ModelFormatException("tensor " + name + " is missing in " + file);
    return entry;
  }

  /** The bytes of a tensor, little endian; valid until {@link #close}. */
  public MemorySegment bytes(String name) throws ModelFormatException {
    Entry entry = entry(name);
    return data.asSlice(entry.begin(), entry.end() - entry.begin());
  }

  /** Copies a tensor into a new float32 array; see {@link #array}. */
  public NDArray float32(String name, Shape shape, NDManager manager) throws ModelFormatException {
    return array(name, shape, manager, FloatType.FLOAT32);
  }

  /**
   * Copies a tensor into a new array, piece by piece.
   *
   * @param shape   what it must have
   * @param manager owner of the array, which lies on its device
   * @param type    of the array; what the file has is converted by way of float32
   * @throws ModelFormatException naming tensor and file if it is missing or of another shape or type
   */
  public NDArray array(String name, Shape shape, NDManager manager, FloatType type) throws ModelFormatException {
    TensorType source = checked(name, shape);
    if (shape.size() <= PIECE || shape.dimension() == 0) return piece(bytes(name), source, shape, manager, type);
    long width = shape.slice(1).size();
    long rows = Math.max(1, PIECE / width);
    NDArray array = manager.create(shape, type.engine());
    for (long from = 0; from < shape.get(0); from += rows) {
      long to = Math.min(from + rows, shape.get(0));
      MemorySegment part = bytes(name).asSlice(from * width * source.bytes(), (to - from) * width * source.bytes());
      long[] dimensions = shape.getShape().clone();
      dimensions[0] = to - from;
      try (NDArray piece = piece(part, source, new Shape(dimensions), manager, type)) {
        array.set(new NDIndex(from + ":" + to), piece);
      }
    }
    return array;
  }

  /**
   * A tensor that is not copied: its memory is the file's, to be read only, and valid until {@link #close}.
   *
   * @param shape   what it must have
   * @param manager owner of the array, on the CPU
   * @return empty where it has to be copied: not float32, not aligned, or larger than a buffer may be
   * @throws ModelFormatException naming tensor and file if it is missing or of another shape or type
   */
  public Optional<NDArray> view(String name, Shape shape, NDManager manager) throws ModelFormatException {
    TensorType type = checked(name, shape);
    MemorySegment bytes = bytes(name);
    boolean usable = type == TensorType.F32 && bytes.address() % Float.BYTES == 0
        && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN && bytes.byteSize() <= Integer.MAX_VALUE;
    if (!usable) return Optional.empty();
    return Optional.of(
        manager.create(bytes.asByteBuffer().order(ByteOrder.nativeOrder()), shape, DataType.FLOAT32));
  }

  /**
   * Copies a tensor of the given dimensions into an array, row after row, widened to float32.
   *
   * @throws ModelFormatException naming tensor and file if it is missing, of another shape or type, or larger than 2 GB
   */
  public float[] floats(String name, long... dimensions) throws ModelFormatException {
    Shape shape = new Shape(dimensions);
    TensorType type = checked(name, shape);
    if (shape.size() > Integer.MAX_VALUE / Float.BYTES) {
      throw new ModelFormatException("tensor " + name + " in " + file + " is larger than 2 GB");
    }
    float[] values = new float[(int) shape.size()];
    type.widen(bytes(name), values);
    return values;
  }

  /**
   * Opens a matrix to be read row by row.
   *
   * @param rows  that it must have
   * @param width of a row
   * @return the caller's to close
   * @throws ModelFormatException naming tensor and file if it is missing or of another shape or type
   */
  public TensorRows rows(String name, int rows, int width) throws IOException {
    TensorType type = checked(name, new Shape(rows, width));
    Entry entry = entry(name);
    Arena own = Arena.ofConfined();
    try {
      long at = channel.size() - data.byteSize() + entry.begin();
      return new TensorRows(
          own, channel.map(MapMode.READ_ONLY, at, entry.end() - entry.begin(), own), type, width);
    } catch (IOException | RuntimeException e) {
      own.close();
      throw e;
    }
  }

  /**
   * Number of values that are not finite; whether the type can be read is known before.
   *
   * @throws ModelFormatException naming tensor and file if it is missing
   */
  public long notFinite(String name) throws ModelFormatException {
    TensorType type = checked(name, entry(name).shape());
    MemorySegment all = bytes(name);
    long found = 0;
    for (long at = 0; at < all.byteSize(); at += type.bytes()) {
      float value = type == TensorType.F32 ? all.get(FLOAT, at) : type.widen(all.get(SHORT, at));
      if (!Float.isFinite(value)) found++;
    }
    return found;
  }

  @Override
  public void close() {
    arena.close();
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(file + " could not be closed", e);
    }
  }

  static ModelFormatException damaged(Path file, String what) {
    return new ModelFormatException(file + " " + what + "; the file is damaged, fetch or write it again");
  }

  private TensorType checked(String name, Shape shape) throws ModelFormatException {
    Entry entry = entry(name);
    if (!entry.shape().equals(shape)) {
      throw new ModelFormatException(
          "tensor " + name + " in " + file + " has shape " + entry.shape() + ", expected " + shape);
    }
    return TensorType.named(entry.type()).orElseThrow(() -> new ModelFormatException(
        "tensor " + name + " in " + file + " has type " + entry.type() + "; F32, F16 and BF16 are supported"));
  }

  private static NDArray piece(
      MemorySegment source, TensorType type, Shape shape, NDManager manager, FloatType wanted) {
    try (Arena scratch = Arena.ofConfined()) {
      boolean same = type == wanted.file();
      MemorySegment elements = same ? source : widened(source, type, scratch);
      ByteBuffer buffer = elements.asByteBuffer().order(ByteOrder.nativeOrder());
      // DJL arrays made from a direct buffer are views of it; the copy is the engine's own.
      try (NDArray view = manager.create(
          buffer, shape, same ? wanted.engine() : FloatType.FLOAT32.engine())) {
        return wanted.copy(view);
      }
    }
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
    if (length < 2 || length > MAX_HEADER) throw damaged(file, "says that its header has " + length + " bytes");
    if (length > all.byteSize() - Long.BYTES) {
      throw damaged(file, "ends inside its header: " + all.byteSize() + " bytes, header of " + length);
    }
    if (first != '{') throw damaged(file, "has no JSON header");
    return length;
  }
}
