package dev.nescio.standalone;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * What a running system keeps on disk: broker log, registry, stream state, artifacts and the file with its addresses.
 *
 * <p>One process holds a directory at a time; the lock goes with the process, however it ends.
 */
final class StateDirectory implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path root;
  private final FileChannel channel;
  private final FileLock lock;

  private StateDirectory(Path root, FileChannel channel, FileLock lock) {
    this.root = root;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Makes the directory if needed and takes its lock.
   *
   * @throws UserError when it cannot be written or another process holds it
   */
  static StateDirectory open(Path root) {
    try {
      Files.createDirectories(root);
      FileChannel channel =
          FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw new UserError(
            "another nescio runs in " + root + "; stop it (Ctrl-C) or choose another directory with --state");
      }
      return new StateDirectory(root, channel, lock);
    } catch (IOException e) {
      throw new UserError("cannot write to " + root + ": " + Failures.reason(e) + "; choose another with --state", e);
    }
  }

  Path resolve(String name) {
    return root.resolve(name);
  }

  void writeAddresses(Addresses addresses) {
    try {
      Path temporary = root.resolve("addresses.json.tmp");
      JSON.writerWithDefaultPrettyPrinter().writeValue(temporary.toFile(), addresses);
      Files.move(temporary, addressesFile(root), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UserError(
          "cannot write the addresses to " + root + ": " + Failures.reason(e) + "; choose another with --state", e);
    }
  }

  /** Addresses of the system that runs in the directory; empty when none does, also when the last one was killed. */
  static Optional<Addresses> addresses(Path root) {
    Path file = addressesFile(root);
    if (!Files.exists(file)) return Optional.empty();
    try {
      return Optional.of(JSON.readValue(file.toFile(), Addresses.class)).filter(Addresses::alive);
    } catch (IOException e) {
      throw new UserError("cannot read " + file + ": " + e.getMessage() + "; delete it and start nescio again", e);
    }
  }

  /** @throws UserError when the disk has less room than that */
  void requireSpace(long bytes) {
    try {
      long free = Files.getFileStore(root).getUsableSpace();
      if (free >= bytes) return;
      throw new UserError(
          "the disk is full: %s has %d MiB free, %d MiB are needed; free some or choose another place with --state"
              .formatted(root, free >> 20, bytes >> 20));
    } catch (IOException e) {
      throw new UserError("cannot use " + root + ": " + Failures.reason(e) + "; choose another with --state", e);
    }
  }

  /** Lets the directory go; the lock ends with the process at the latest. */
  @Override
  public void close() {
    try (channel; lock) {
      Files.deleteIfExists(addressesFile(root));
    } catch (IOException e) {
      LoggerFactory.getLogger(StateDirectory.class).warn("{} was not released cleanly", root, e);
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static Path addressesFile(Path root) {
    return root.resolve("addresses.json");
  }

  /**
   * Where a system is reached.
   *
   * @param bootstrapServers Kafka, {@code host:port}
   * @param registryUrl      schema registry
   * @param dashboardUrl     the page; empty when this process has none
   * @param pid              the process that wrote this
   */
  record Addresses(String bootstrapServers, String registryUrl, String dashboardUrl, long pid) {

    private boolean alive() {
      return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }
  }
}
