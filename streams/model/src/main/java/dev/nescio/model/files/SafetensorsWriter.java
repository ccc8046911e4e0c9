package dev.nescio.model.files;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes float32 tensors to a safetensors file: the file appears whole or not at all. */
public final class SafetensorsWriter {

  private static final int ALIGNMENT = 64;
  private static final byte BLANK = ' ';

  /** Where the bytes of a tensor come from, asked for one tensor at a time. */
  @FunctionalInterface
  public interface Source {

    /** The elements, float32 in little-endian order; position to limit are written. */
    ByteBuffer bytes(String name) throws IOException;

    /** Writes the elements; to be overridden where they are more than a buffer holds. Returns the number of bytes. */
    default long write(String name, WritableByteChannel out) throws IOException {
      return writeFully(out, bytes(name));
    }
  }

  private SafetensorsWriter() {}

  /**
   * Writes all tensors.
   *
   * @param file     replaced atomically
   * @param shapes   name to shape, in the order to write
   * @param metadata free text; {@code format=pt} is added, which transformers asks for
   * @param source   asked once for each name
   */
  public static void write(Path file, Map<String, long[]> shapes, Map<String, String> metadata, Source source)
      throws IOException {
    ByteBuffer header = header(shapes, metadata);
    AtomicFiles.file(file, out -> {
      writeFully(out, header);
      for (Map.Entry<String, long[]> tensor : shapes.entrySet()) {
        long written = source.write(tensor.getKey(), out);
        long expected = elements(tensor.getValue()) * Float.BYTES;
        if (written != expected) {
          throw new IOException("tensor " + tensor.getKey() + " has " + written + " bytes, expected " + expected);
        }
      }
    });
  }

  private static ByteBuffer header(Map<String, long[]> shapes, Map<String, String> metadata) throws IOException {
    Map<String, String> text = new LinkedHashMap<>(metadata);
    text.putIfAbsent("format", "pt");
    ObjectNode json = Json.MAPPER.createObjectNode();
    ObjectNode meta = json.putObject("__metadata__");
    text.forEach(meta::put);
    long position = 0;
    for (Map.Entry<String, long[]> tensor : shapes.entrySet()) {
      ObjectNode entry = json.putObject(tensor.getKey());
      entry.put("dtype", "F32");
      entry.set("shape", Json.MAPPER.valueToTree(tensor.getValue()));
      long end = position + elements(tensor.getValue()) * Float.BYTES;
      entry.putArray("data_offsets").add(position).add(end);
      position = end;
    }
    byte[] bytes = Json.MAPPER.writeValueAsBytes(json);
    int padded = (bytes.length + Long.BYTES + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer header = ByteBuffer.allocate(padded).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(padded - Long.BYTES).put(bytes);
    while (header.hasRemaining()) header.put(BLANK);
    return header.flip();
  }

  private static long elements(long[] shape) {
    long n = 1;
    for (long dimension : shape) n = Math.multiplyExact(n, dimension);
    return n;
  }

  /**
   * Writes what a buffer has left.
   *
   * @return the number of bytes
   * @throws IOException if the channel takes no more
   */
  public static long writeFully(WritableByteChannel out, ByteBuffer bytes) throws IOException {
    long written = bytes.remaining();
    while (bytes.hasRemaining()) out.write(bytes);
    return written;
  }
}
