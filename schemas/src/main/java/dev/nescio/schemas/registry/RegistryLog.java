package dev.nescio.schemas.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded registry's memory: a JSON Lines file of events, forced to disk before an event counts. A line that a
 * crash left half-written at the end is cut off; a bad line elsewhere is an error that names it.
 */
final class RegistryLog implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RegistryLog.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final FileChannel channel;

  private RegistryLog(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Opens or creates the file, locks it against other processes and replays it. */
  static RegistryLog open(Path file, Consumer<RegistryEvent> replay) {
    FileChannel channel = null;
    try {
      Path parent = file.toAbsolutePath().getParent();
      Files.createDirectories(parent);
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        throw new IllegalStateException("Another registry uses " + file);
      }
      RegistryLog log = new RegistryLog(file, channel);
      log.replay(replay);
      return log;
    } catch (OverlappingFileLockException e) {
      close(channel);
      throw new IllegalStateException("Another registry in this process uses " + file, e);
    } catch (IOException e) {
      close(channel);
      throw new UncheckedIOException("Cannot open the registry's log " + file + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      close(channel);
      throw e;
    }
  }

  /**
   * Adds an event durably, or leaves the file as it was.
   *
   * @throws RegistryException with code 50001 when it cannot be written
   */
  void append(RegistryEvent event) {
    try {
      long end = channel.size();
      try {
        ByteBuffer line = ByteBuffer.wrap((JSON.writeValueAsString(event) + "\n").getBytes(StandardCharsets.UTF_8));
        channel.position(end);
        while (line.hasRemaining()) {
          channel.write(line);
        }
        channel.force(false);
      } catch (IOException e) {
        channel.truncate(end);
        throw e;
      }
    } catch (IOException e) {
      throw new RegistryException(50001, "Cannot write the registry's log " + file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    close(channel);
  }

  private void replay(Consumer<RegistryEvent> consumer) throws IOException {
    String text = Files.readString(file, StandardCharsets.UTF_8);
    int number = 0;
    int from = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      number++;
      try {
        consumer.accept(JSON.readValue(text.substring(from, end), RegistryEvent.class));
      } catch (JsonProcessingException | RuntimeException e) {
        throw new IllegalStateException("The registry's log is damaged at " + file + ":" + number
            + "; repair that line, or move the file away to begin with an empty registry", e);
      }
      from = end + 1;
    }
    if (from < text.length()) {
      LOG.warn("Cutting off an unfinished line at the end of {}", file);
      channel.truncate(text.substring(0, from).getBytes(StandardCharsets.UTF_8).length);
    }
  }

  private static void close(FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot close the registry's log", e);
      }
    }
  }
}
