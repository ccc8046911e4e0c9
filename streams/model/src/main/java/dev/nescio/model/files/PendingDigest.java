package dev.nescio.model.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A digest that is computed beside other work: hashing half a gigabyte takes about as long as all the rest of opening.
 */
public final class PendingDigest {

  /** Reads the files. */
  public interface Source {

    /** The digest, lower-case hex. */
    String digest() throws IOException;
  }

  private final CompletableFuture<String> digest;

  private PendingDigest(CompletableFuture<String> digest) {
    this.digest = digest;
  }

  /** Begins on a thread of the common pool. */
  public static PendingDigest of(Source source) {
    return new PendingDigest(CompletableFuture.supplyAsync(() -> {
      try {
        return source.digest();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }));
  }

  /**
   * Waits for the digest.
   *
   * @throws IOException what reading threw
   */
  public String await() throws IOException {
    try {
      return digest.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case UncheckedIOException cause -> throw cause.getCause();
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        default -> throw e;
      }
    }
  }
}
