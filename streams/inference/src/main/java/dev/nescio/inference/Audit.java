package dev.nescio.inference;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Draws the random share of answers that people should label, so that some labels are about a fair sample. */
final class Audit {

  private Audit() {}

  /**
   * The same answer is always drawn the same way, so a re-processed asking changes nothing.
   *
   * @param share probability of being drawn, in [0, 1]
   */
  static boolean draws(String answerId, double share) {
    return uniform(answerId) < share;
  }

  /** In [0, 1), from the first 53 bits of SHA-256 of {@code audit:answerId}. */
  static double uniform(String answerId) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(("audit:" + answerId).getBytes(StandardCharsets.UTF_8));
      return (ByteBuffer.wrap(hash).getLong() >>> 11) * 0x1p-53;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
