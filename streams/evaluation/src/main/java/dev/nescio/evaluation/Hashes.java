package dev.nescio.evaluation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Stable hashes of text; the same on every machine and in every version. */
final class Hashes {

  /** Finding an algorithm takes longer than hashing an id with it. */
  private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(() -> {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  });

  private Hashes() {}

  /** 64 bits of SHA-256. Compared only within one item or one calibrator, where a collision is out of reach. */
  static long of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** 64 bits of SHA-256. */
  static long of(byte[] bytes) {
    return ByteBuffer.wrap(SHA_256.get().digest(bytes)).getLong();
  }

  /** 128 bits of SHA-256 over the parts, each with its length, in hexadecimal. */
  static String of(List<String> parts) {
    return HexFormat.of().formatHex(SHA_256.get().digest(new FieldWriter().texts(parts).toBytes()), 0, 16);
  }
}
