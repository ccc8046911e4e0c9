package dev.nescio.model.hub;

import dev.nescio.model.files.AtomicFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

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
}
