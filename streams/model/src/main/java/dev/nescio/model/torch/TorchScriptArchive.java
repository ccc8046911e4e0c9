package dev.nescio.model.torch;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript module without weights, made in memory from source text in the serialised form.
 *
 * <p>The source declares one class {@code class NAME(Module):} whose only attribute is {@code training : bool}; its
 * methods receive every tensor as an argument, weights too. All ATen operations of libtorch can be used in it, also
 * those that DJL does not expose.
 *
 * @param name   class name in the source
 * @param source text of {@code __torch__.py}
 */
public record TorchScriptArchive(String name, String source) {

  private static final Pattern CLASS = Pattern.compile("^class (\\w+)\\(Module\\):", Pattern.MULTILINE);
  private static final byte[] NO_CONSTANTS = {(byte) 0x80, 2, ')', '.'};

  /**
   * Reads the source from a class path resource.
   *
   * @param owner    class beside which the resource lies
   * @param resource its name, for example {@code llama.py}
   * @throws IllegalArgumentException if there is no such resource or it declares no module
   */
  public static TorchScriptArchive ofResource(Class<?> owner, String resource) {
    try (InputStream in = owner.getResourceAsStream(resource)) {
      if (in == null) throw new IllegalArgumentException("no resource " + resource + " beside " + owner.getName());
      return of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read resource " + resource + " beside " + owner.getName(), e);
    }
  }

  /** Takes the name from the first class that the source declares. */
  public static TorchScriptArchive of(String source) {
    Matcher matcher = CLASS.matcher(source);
    if (!matcher.find()) throw new IllegalArgumentException("the source declares no class NAME(Module):");
    return new TorchScriptArchive(matcher.group(1), source);
  }

  public TorchScriptArchive {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(source, "source");
  }

  /** Compiles the source on the CPU; the caller closes the result. */
  public TorchScript load() {
    return TorchScript.load(name, new ByteArrayInputStream(bytes()));
  }

  /** The archive as libtorch reads it: a zip of stored entries. */
  public byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.STORED);
      put(zip, "data.pkl", modulePickle());
      put(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
      put(zip, "constants.pkl", NO_CONSTANTS);
      put(zip, "version", "3\n".getBytes(StandardCharsets.US_ASCII));
      put(zip, "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  private void put(ZipOutputStream zip, String file, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name + "/" + file);
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setSize(content.length);
    entry.setCompressedSize(content.length);
    entry.setCrc(crc.getValue());
    entry.setLastModifiedTime(FileTime.fromMillis(0));
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  /** Protocol 2: an object of our class, made without arguments, with the state {@code {"training": False}}. */
  private byte[] modulePickle() {
    byte[] key = "training".getBytes(StandardCharsets.US_ASCII);
    byte[] type = ("__torch__\n" + name + "\n").getBytes(StandardCharsets.US_ASCII);
    ByteBuffer pickle = ByteBuffer.allocate(32 + key.length + type.length).order(ByteOrder.LITTLE_ENDIAN);
    pickle.put((byte) 0x80).put((byte) 2);
    pickle.put((byte) 'c').put(type);
    pickle.put((byte) ')').put((byte) 0x81);
    pickle.put((byte) '}').put((byte) '(');
    pickle.put((byte) 'X').putInt(key.length).put(key);
    pickle.put((byte) 0x89);
    pickle.put((byte) 'u').put((byte) 'b').put((byte) '.');
    byte[] bytes = new byte[pickle.position()];
    pickle.flip().get(bytes);
    return bytes;
  }
}
