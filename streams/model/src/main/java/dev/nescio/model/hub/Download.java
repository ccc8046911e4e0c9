package dev.nescio.model.hub;

import dev.nescio.model.files.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches files over HTTP. A file under way is kept as {@code NAME.part} with the server's entity tag beside it, and
 * the next attempt asks for the rest only; a server whose file has changed sends it whole.
 */
final class Download implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Download.class);
  private static final int ATTEMPTS = 3;

  private final HttpClient client = HttpClient.newBuilder()
      .connectTimeout(Duration.ofSeconds(5))
      .followRedirects(HttpClient.Redirect.NORMAL)
      .build();

  /**
   * Fetches a file unless it is there.
   *
   * @return false if the server has no such file
   * @throws IOException naming the address when it cannot be reached or goes on breaking off
   */
  boolean file(URI address, Path file) throws IOException {
    if (Files.exists(file)) return true;
    IOException last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        return attempt(address, file);
      } catch (Broken e) {
        LOG.warn("{} broke off, continuing: {}", address, e.getMessage());
        last = e;
      }
    }
    throw new IOException(address + " broke off " + ATTEMPTS + " times; run again to continue", last);
  }

  private boolean attempt(URI address, Path file) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Path tag = file.resolveSibling(file.getFileName() + ".etag");
    HttpRequest.Builder request = HttpRequest.newBuilder(address);
    long have = Files.exists(part) && Files.exists(tag) ? Files.size(part) : 0;
    if (have > 0) request.header("Range", "bytes=" + have + "-").header("If-Range", Files.readString(tag));
    HttpResponse<InputStream> response = send(request.build());
    try (InputStream body = response.body()) {
      switch (response.statusCode()) {
        case 200 -> have = 0;
        case 206 -> {
          String range = response.headers().firstValue("Content-Range").orElse("");
          if (!range.startsWith("bytes " + have + "-")) throw new IOException(address + " sent range '" + range + "'");
        }
        case 404 -> {
          return false;
        }
        case 416 -> {
          Files.deleteIfExists(part);
          throw new Broken("the partial file does not fit, starting again", null);
        }
        default -> throw new IOException(address + " answered with status " + response.statusCode());
      }
      keepTag(response, tag);
      receive(response, body, part, have);
    }
    checkDigest(response, part);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    Files.deleteIfExists(tag);
    return true;
  }

  private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while fetching " + request.uri());
    } catch (IOException e) {
      throw new IOException(request.uri() + " cannot be reached (" + e.getClass().getSimpleName()
          + "); check the network, or name a model directory or a .gguf file", e);
    }
  }

  private static void receive(HttpResponse<InputStream> response, InputStream body, Path part, long have)
      throws IOException {
    OptionalLong length = response.headers().firstValueAsLong("Content-Length");
    try (FileChannel out = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      out.truncate(have);
      out.position(have);
      long received;
      try {
        received = body.transferTo(Channels.newOutputStream(out));
      } catch (IOException e) {
        throw new Broken(e.getMessage(), e);
      } finally {
        out.force(true);
      }
      if (length.isPresent() && received != length.getAsLong()) {
        throw new Broken("received " + received + " of " + length.getAsLong() + " bytes", null);
      }
    }
  }

  /** Only a strong tag says that two parts are of one file. */
  private static void keepTag(HttpResponse<?> response, Path tag) throws IOException {
    Optional<String> value = response.headers().firstValue("ETag").filter(t -> !t.startsWith("W/"));
    if (value.isPresent()) {
      Files.writeString(tag, value.get());
    } else {
      Files.deleteIfExists(tag);
    }
  }

  /** The hub gives the SHA-256 of large files in a header, before it redirects to its storage. */
  private static void checkDigest(HttpResponse<?> response, Path part) throws IOException {
    Optional<String> sha256 = Optional.empty();
    for (Optional<? extends HttpResponse<?>> r = Optional.of(response); r.isPresent(); r = r.get().previousResponse()) {
      Optional<String> tag = r.get().headers().firstValue("X-Linked-Etag").map(t -> t.replace("\"", ""));
      if (tag.isPresent() && tag.get().matches("[0-9a-f]{64}")) sha256 = tag;
    }
    if (sha256.isEmpty()) return;
    String actual = Sha256.of(part);
    if (!actual.equals(sha256.get())) {
      Files.delete(part);
      throw new Broken("SHA-256 is " + actual + ", the server says " + sha256.get(), null);
    }
  }

  @Override
  public void close() {
    client.close();
  }

  /** A transfer that ended early. */
  private static final class Broken extends IOException {

    private static final long serialVersionUID = 1L;

    Broken(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
