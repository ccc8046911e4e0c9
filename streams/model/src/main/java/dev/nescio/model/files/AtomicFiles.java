package dev.nescio.model.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** Files and directories that appear whole or not at all: written beside their place, forced to disk, then renamed. */
public final class AtomicFiles {

  /** Writes content into a place that nobody looks at yet. */
  @FunctionalInterface
  public interface Writing<T> {

    /**
     * Writes.
     *
     * @throws IOException if it could not be done; nothing appears then
     */
    void into(T place) throws IOException;
  }

  /** With fewer bytes left, a failed write is put down to that. */
  private static final long FULL = 1 << 20;

  private AtomicFiles() {}

  /**
   * Makes or replaces a file, with the directories above it.
   *
   * @throws IOException if it could not be written, saying so when the disk is full; a file that was there stays then
   */
  public static void file(Path file, Writing<FileChannel> writing) throws IOException {
    Path partial = partial(file);
    try {
      try (FileChannel out = FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        writing.into(out);
        out.force(true);
      }
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw explained(file, e);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  /**
   * Makes a directory; what is already there stays.
   *
   * @throws FileAlreadyExistsException if the directory is there
   * @throws IOException                if it could not be written; nothing is left of it then
   */
  public static void directory(Path directory, Writing<Path> writing) throws IOException {
    if (Files.exists(directory)) throw new FileAlreadyExistsException(directory.toString());
    Path partial = partial(directory);
    try {
      Files.createDirectories(partial);
      writing.into(partial);
      Files.move(partial, directory, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      delete(partial);
    }
  }

  /** A full disk is said in words; everything else stays what it was. */
  private static IOException explained(Path file, IOException e) throws IOException {
    long free = Files.getFileStore(file.toAbsolutePath().getParent()).getUsableSpace();
    if (e instanceof ModelFormatException || free > FULL) return e;
    return new IOException("the disk is full: " + file + " could not be written with " + free
        + " bytes left; free some space or choose another directory", e);
  }

  private static Path partial(Path target) throws IOException {
    Path parent = target.toAbsolutePath().getParent();
    Files.createDirectories(parent);
    return parent.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
  }

  /**
   * Deletes a directory and all below it; does nothing when it is not there.
   *
   * @throws IOException if something stays
   */
  public static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) return;
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(directory)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) Files.delete(path);
  }
}
