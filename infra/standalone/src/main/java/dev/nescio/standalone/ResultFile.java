package dev.nescio.standalone;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Results, one JSON object a line, each with the number of the input line that it answers. A file that was begun is
 * continued: what it holds is not computed again. The settings that it was made with stand beside it in
 * {@code FILE.settings.json}; a file made with others is refused. A line that was cut in the middle is made again.
 */
final class ResultFile implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrintWriter out; // when there is no file
  private final FileChannel file;
  private final Path path;
  private final Map<Long, ObjectNode> before = new HashMap<>();

  private ResultFile(PrintWriter out, FileChannel file, Path path) {
    this.out = out;
    this.file = file;
    this.path = path;
  }

  /** Shows progress, but not between results that are printed. */
  static Terminal terminal(Path output, PrintWriter err) {
    return output == null ? new Terminal(err, false) : Terminal.of(err);
  }

  /**
   * @param output   file to begin or to continue; null to print the lines
   * @param out      where they are printed
   * @param settings everything but the input that the results depend on
   * @param terminal is told when a file is continued
   */
  static ResultFile open(Path output, PrintWriter out, ObjectNode settings, Terminal terminal) throws IOException {
    if (output == null) return new ResultFile(out, null, null);
    FileChannel file = channel(output);
    try {
      lock(file, output);
      if (file.size() > 0) {
        requireSame(output, settings);
      } else {
        writeSettings(output, settings);
      }
      ResultFile results = new ResultFile(null, file, output);
      results.readBefore();
      if (!results.before.isEmpty()) {
        terminal.line("Continuing " + output + ": " + results.before.size() + " lines are there");
      }
      return results;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Whether an input line has been answered.
   *
   * @param input the fields of the result that repeat the input
   * @throws UserError if the file answers something else under this number
   */
  boolean has(long line, ObjectNode input) {
    ObjectNode result = before.get(line);
    if (result == null) return false;
    for (Map.Entry<String, JsonNode> field : input.properties()) {
      if (!field.getValue().equals(result.get(field.getKey()))) {
        throw new UserError(path + " answers another line " + line + " than the input has now (field \""
            + field.getKey() + "\"); choose another --output, or delete the file");
      }
    }
    return true;
  }

  /**
   * Writes a result at once, so that it survives whatever happens next.
   *
   * @throws UserError when there is no room, or nobody reads what is printed
   */
  void write(ObjectNode result) {
    if (file == null) {
      out.println(result);
      if (out.checkError()) throw new UserError("nobody reads the results any more; stopped");
      return;
    }
    ByteBuffer bytes = ByteBuffer.wrap((result + "\n").getBytes(StandardCharsets.UTF_8));
    try {
      while (bytes.hasRemaining()) file.write(bytes);
    } catch (IOException e) {
      throw new UserError("cannot write to " + path + ": " + Failures.reason(e)
          + "; what is there is kept, and the same command goes on from it when this is mended", e);
    }
  }

  @Override
  public void close() throws IOException {
    if (file != null) file.close();
  }

  private void readBefore() throws IOException {
    byte[] bytes = Files.readAllBytes(path);
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') end--;
    for (String line : new String(bytes, 0, end, StandardCharsets.UTF_8).lines().toList()) {
      ObjectNode result = result(line).orElseThrow(() -> new UserError(
          path + ":" + (before.size() + 1) + " is no result of this command; choose another --output"));
      before.put(result.get("line").longValue(), result);
    }
    file.truncate(end);
    file.position(end);
  }

  private static Optional<ObjectNode> result(String line) {
    try {
      return JSON.readTree(line) instanceof ObjectNode node && node.path("line").canConvertToLong()
          ? Optional.of(node) : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static void requireSame(Path path, ObjectNode settings) throws IOException {
    if (!Files.exists(settingsOf(path))) {
      throw new UserError(path + " is there already, and nothing says what made it (" + settingsOf(path)
          + " is missing); choose another --output");
    }
    JsonNode made = JSON.readTree(settingsOf(path).toFile());
    if (made.equals(JSON.readTree(settings.toString()))) return;
    List<String> differences = new ArrayList<>();
    settings.properties().forEach(now -> {
      JsonNode then = made.path(now.getKey());
      if (!then.toString().equals(now.getValue().toString())) {
        differences.add(now.getKey() + " was " + then + ", is " + now.getValue());
      }
    });
    throw new UserError(path + " was made with other settings: " + String.join("; ", differences)
        + "; choose another --output, or delete the file");
  }

  private static FileChannel channel(Path path) {
    try {
      return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException e) {
      boolean missing = path.toAbsolutePath().getParent() instanceof Path parent && !Files.isDirectory(parent);
      throw new UserError("cannot write to " + path + ": "
          + (missing ? "its directory is not there, make it first" : Failures.reason(e)) + " (--output)", e);
    }
  }

  private static void writeSettings(Path path, ObjectNode settings) {
    try {
      Files.writeString(settingsOf(path), settings.toPrettyString() + "\n");
    } catch (IOException e) {
      throw new UserError("cannot write " + settingsOf(path) + ": " + Failures.reason(e), e);
    }
  }

  private static void lock(FileChannel file, Path path) throws IOException {
    try {
      if (file.tryLock() != null) return;
    } catch (OverlappingFileLockException e) {
      throw new UserError(path + " is being written by another command", e);
    }
    throw new UserError(path + " is being written by another command");
  }

  private static Path settingsOf(Path path) {
    return path.resolveSibling(path.getFileName() + ".settings.json");
  }
}
