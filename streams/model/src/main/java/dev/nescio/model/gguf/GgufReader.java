package dev.nescio.model.gguf;

import dev.nescio.model.files.ModelFormatException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A memory-mapped GGUF file, version 2 or 3, little endian.
 *
 * <p>Counts, lengths, types and offsets are checked against the file's size before anything of that size is
 * allocated, and tensors may not overlap; what does not fit is refused with the name of the file and the tensor or key.
 * Not thread-safe.
 */
final class GgufReader implements AutoCloseable {

  private static final int MAX_DIMENSIONS = 4;

  /**
   * A tensor's place.
   *
   * @param rows    product of all dimensions but the fastest
   * @param columns fastest dimension, a multiple of the type's block
   * @param offset  first byte in the file
   */
  record Tensor(String name, GgmlType type, long rows, long columns, long offset) {

    long elements() {
      return rows * columns;
    }

    long rowBytes() {
      return columns / type.blockElements() * type.blockBytes();
    }

    long bytes() {
      return rows * rowBytes();
    }
  }

  private final Path file;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment all;
  private final Map<String, Object> metadata;
  private final Map<String, Tensor> tensors;

  GgufReader(Path file) throws IOException {
    this.file = file;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      this.all = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      GgufHeader header = new GgufHeader(file, all);
      this.metadata = header.metadata();
      this.tensors = index(header);
    } catch (NoSuchFileException e) {
      arena.close();
      throw new ModelFormatException(file + " is missing", e);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  Path file() {
    return file;
  }

  Map<String, Tensor> tensors() {
    return tensors;
  }

  boolean has(String key) {
    return metadata.containsKey(key);
  }

  /** A metadata value: {@link Number}, {@link Boolean}, {@link String} or a {@link List} of one of these. */
  <T> T value(String key, Class<T> type) throws ModelFormatException {
    Object value = metadata.get(key);
    if (value == null) throw new ModelFormatException(file + " has no metadata key " + key);
    if (!type.isInstance(value)) {
      throw new ModelFormatException(file + " has " + key + " as " + value.getClass().getSimpleName()
          + ", expected " + type.getSimpleName());
    }
    return type.cast(value);
  }

  int integer(String key) throws ModelFormatException {
    Number value = value(key, Number.class);
    if (value.longValue() != value.intValue() || value.doubleValue() != value.intValue()) {
      throw new ModelFormatException(file + " has " + key + " as " + value + ", expected a whole number below 2^31");
    }
    return value.intValue();
  }

  /** A list whose elements are checked one by one. */
  <T> List<T> list(String key, Class<T> type) throws ModelFormatException {
    List<?> list = value(key, List.class);
    for (Object element : list) {
      if (!type.isInstance(element)) throw new ModelFormatException(file + " has a wrong element type in " + key);
    }
    return list.stream().map(type::cast).toList();
  }

  Tensor tensor(String name) throws ModelFormatException {
    Tensor tensor = tensors.get(name);
    if (tensor == null) throw new ModelFormatException("tensor " + name + " is missing in " + file);
    return tensor;
  }

  /** Widens a tensor to float32, row by row; little endian, ready to write. */
  ByteBuffer float32(String name) throws ModelFormatException {
    return float32(tensor(name), 0, tensor(name).rows());
  }

  /** Widens some rows of a tensor, which together fit a buffer. */
  ByteBuffer float32(Tensor tensor, long from, long to) throws ModelFormatException {
    long size = (to - from) * tensor.columns() * Float.BYTES;
    if (size > Integer.MAX_VALUE - 8) {
      throw new ModelFormatException("tensor " + tensor.name() + " in " + file + " is larger than 2 GB");
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
    FloatBuffer out = bytes.asFloatBuffer();
    int step = tensor.type().blockBytes();
    long end = tensor.offset() + to * tensor.rowBytes();
    for (long at = tensor.offset() + from * tensor.rowBytes(); at < end; at += step) {
      tensor.type().widen(all.asSlice(at, step), out);
    }
    return bytes;
  }

  @Override
  public void close() {
    arena.close();
  }

  private Map<String, Tensor> index(GgufHeader header) throws ModelFormatException {
    Map<String, Tensor> index = new LinkedHashMap<>();
    for (GgufHeader.TensorInfo info : header.tensors()) {
      GgmlType type = GgmlType.ofId(info.type()).orElseThrow(() -> new ModelFormatException(
          "tensor " + info.name() + " in " + file + " has ggml type " + info.type() + "; supported are "
              + List.of(GgmlType.values())));
      Tensor tensor = tensor(info, type, header);
      if (tensor.offset() < 0 || tensor.offset() > all.byteSize() - tensor.bytes()) {
        throw new ModelFormatException(file + " is truncated: tensor " + info.name() + " ends at "
            + (tensor.offset() + tensor.bytes()) + ", the file at " + all.byteSize() + "; fetch it again");
      }
      if (index.put(info.name(), tensor) != null) {
        throw new ModelFormatException(file + " has tensor " + info.name() + " twice");
      }
    }
    refuseOverlap(index);
    return index;
  }

  private void refuseOverlap(Map<String, Tensor> index) throws ModelFormatException {
    List<Tensor> sorted = new ArrayList<>(index.values());
    sorted.sort(Comparator.comparingLong(Tensor::offset));
    for (int i = 1; i < sorted.size(); i++) {
      Tensor before = sorted.get(i - 1);
      if (sorted.get(i).offset() < before.offset() + before.bytes()) {
        throw new ModelFormatException(file + " has overlapping tensors " + before.name() + " and "
            + sorted.get(i).name() + "; the file is damaged, fetch it again");
      }
    }
  }

  private Tensor tensor(GgufHeader.TensorInfo info, GgmlType type, GgufHeader header) throws ModelFormatException {
    if (info.offset() < 0 || info.offset() % header.alignment() != 0) {
      throw new ModelFormatException("tensor " + info.name() + " in " + file + " begins at "
          + Long.toUnsignedString(info.offset()) + ", which is beyond all files or no multiple of the alignment "
          + header.alignment());
    }
    try {
      if (info.dimensions().length < 1 || info.dimensions().length > MAX_DIMENSIONS) throw new ArithmeticException();
      long columns = info.dimensions()[0];
      long rows = 1;
      for (int i = 1; i < info.dimensions().length; i++) rows = Math.multiplyExact(rows, info.dimensions()[i]);
      if (columns < 1 || rows < 1 || columns % type.blockElements() != 0) throw new ArithmeticException();
      Math.multiplyExact(Math.multiplyExact(rows, columns), Float.BYTES);
      return new Tensor(info.name(), type, rows, columns, Math.addExact(header.dataStart(), info.offset()));
    } catch (ArithmeticException e) {
      throw new ModelFormatException("tensor " + info.name() + " in " + file + " has impossible dimensions "
          + Arrays.toString(info.dimensions()) + " for " + type, e);
    }
  }
}
