package dev.nescio.schemas.topics;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** Names of items and answers that every process derives alike. */
public final class Ids {

  private static final char SEPARATOR = '~';
  private static final int QUESTION_HEX = 32;
  private static final int ANSWER_HEX = 16;
  private static final Pattern SPACES = Pattern.compile("[\\s\\p{Z}]+");
  /** Only at the end: "C++" and "C#" stay different items. */
  private static final Pattern END_MARKS = Pattern.compile("[?!.\\s]+$");

  private Ids() {}

  /**
   * The text as it counts for identity: NFKC, lower case, runs of white space as one space, without white space at
   * the ends and without question marks, exclamation marks and full stops at the end.
   */
  public static String normalise(String text) {
    String folded = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    String spaced = SPACES.matcher(folded).replaceAll(" ").strip();
    String bare = END_MARKS.matcher(spaced).replaceAll("");
    return bare.isEmpty() ? spaced : bare;
  }

  /**
   * Id of an item that came without one: 32 hexadecimal digits of SHA-256 over tenant, normalised text and context.
   *
   * @param context text the answer is based on; null when there is none
   */
  public static String questionId(String tenant, String text, String context) {
    return context == null
        ? hash(QUESTION_HEX, tenant, normalise(text))
        : hash(QUESTION_HEX, tenant, normalise(text), context);
  }

  /** Id of an answer; a re-processed asking makes the same one. */
  public static String answerId(
      String questionId, String askId, String modelDigest, String policyVersion, long seed) {
    return questionId + SEPARATOR + hash(ANSWER_HEX, askId, modelDigest, policyVersion, Long.toString(seed));
  }

  /** Id of a label that came without one; the same label sent twice makes the same one. */
  public static String labelId(
      String answerId, String source, String principal, String action, long revision, String verdict) {
    return hash(QUESTION_HEX, answerId, source, principal, action, Long.toString(revision), verdict);
  }

  /**
   * The item that an answer belongs to, read off the answer's id.
   *
   * @throws IllegalArgumentException when the text is not an answer id
   */
  public static String questionIdOf(String answerId) {
    int at = answerId.lastIndexOf(SEPARATOR);
    if (at < 1) {
      throw new IllegalArgumentException(
          "Not an answer id: \"" + answerId + "\"; it should read <questionId>" + SEPARATOR + "<hash>");
    }
    return answerId.substring(0, at);
  }

  /** Hexadecimal digits of SHA-256 over the parts, each preceded by its length, so that no two lists agree. */
  private static String hash(int digits, String... parts) {
    MessageDigest sha = sha256();
    for (String part : parts) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
      sha.update(bytes);
    }
    return HexFormat.of().formatHex(sha.digest()).substring(0, digits);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
