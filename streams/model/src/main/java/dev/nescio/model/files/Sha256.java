package dev.nescio.model.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The digest by which files, models and adapters are known. */
public final class Sha256 {

  private Sha256() {}

  /**
   * SHA-256 of a file's content, 64 digits of lower-case hex.
   *
   * @throws IOException if it cannot be read to its end
   */
  public static String of(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file);
        DigestInputStream stream = new DigestInputStream(in, newDigest())) {
      stream.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(stream.getMessageDigest().digest());
    }
  }

  /** A fresh digest of 32 bytes, for content that is no single file. */
  public static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
