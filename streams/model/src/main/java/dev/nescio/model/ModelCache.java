package dev.nescio.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A directory of models, one process and thread at a time.
 *
 * <p>{@code models/NAME} is complete whenever it exists; {@code downloads/NAME} holds what is still under way and is
 * taken up again after an interruption.
 *
 * @param root made if need be
 */
record ModelCache(Path root) {

  /** Makes a model directory. */
  @FunctionalInterface
  interface Making {

    /**
     * @param downloads a place to keep partial files; emptied when all is done
     * @param model     does not exist yet; to be made atomically
     */
    void make(Path downloads, Path model) throws IOException;
  }

  /** The directory of that name; made if it is not there. */
  Path get(String name, Making making) throws IOException {
    Path model = root.resolve("models").resolve(name);
    if (Files.isDirectory(model)) return model;
    Files.createDirectories(root);
    // File locks are a process's; threads of this one wait for each other here.
    synchronized (ModelCache.class) {
      try (FileChannel channel = FileChannel.open(
              root.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        if (!lock.isValid()) throw new IOException("cannot lock " + root);
        if (Files.isDirectory(model)) return model;
        Path downloads = root.resolve("downloads").resolve(name);
        Files.createDirectories(downloads);
        making.make(downloads, model);
        AtomicFiles.delete(downloads);
        return model;
      }
    }
  }

  /** SHA-256 of a file, lower-case hex. */
  static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return sha256(in);
    }
  }

  static String sha256(InputStream in) throws IOException {
    MessageDigest digest = newDigest();
    try (DigestInputStream stream = new DigestInputStream(in, digest)) {
      stream.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
