package dev.nescio.schemas.topics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.schemas.CalibrationSnapshot;
import java.util.ArrayList;
import java.util.List;

/**
 * Composite record keys: JSON arrays of strings in the one canonical spelling of RFC 8785 (no white space, only what
 * must be escaped is), so that equal parts give equal bytes and so one partition.
 */
public final class Keys {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Keys() {}

  /** Canonical JSON array of the parts, in order. */
  public static String encode(String... parts) {
    StringBuilder out = new StringBuilder("[");
    for (int i = 0; i < parts.length; i++) {
      if (i > 0) {
        out.append(',');
      }
      quote(parts[i], out);
    }
    return out.append(']').toString();
  }

  /**
   * The parts of a composite key.
   *
   * @throws IllegalArgumentException when the key is not a canonical JSON array of strings
   */
  public static List<String> decode(String key) {
    List<String> parts = new ArrayList<>();
    try {
      JsonNode node = JSON.readTree(key);
      if (!node.isArray()) {
        throw notCanonical(key, null);
      }
      for (JsonNode part : node) {
        if (!part.isTextual()) {
          throw notCanonical(key, null);
        }
        parts.add(part.textValue());
      }
    } catch (JsonProcessingException e) {
      throw notCanonical(key, e);
    }
    if (!encode(parts.toArray(String[]::new)).equals(key)) {
      throw notCanonical(key, null);
    }
    return List.copyOf(parts);
  }

  /** Key of a policy. */
  public static String policy(String tenant, String domain) {
    return encode(tenant, domain);
  }

  /** Key of a calibrator. */
  public static String calibrator(String tenant, String domain, String modelDigest, String estimator) {
    return encode(tenant, domain, modelDigest, estimator);
  }

  /** Key of an accounting record: a partition number, or {@code *} for the sum. */
  public static String accounting(String partition) {
    return encode(partition);
  }

  /** Key of a closed pane on the history topic. */
  public static String slice(CalibrationSnapshot s) {
    return encode(s.getTenant(), s.getDomain(), s.getModelVersion(), s.getPolicyVersion(), s.getEstimator(),
        s.getGrader());
  }

  /** Key of a live snapshot. */
  public static String sliceAndWindow(CalibrationSnapshot s) {
    return encode(s.getTenant(), s.getDomain(), s.getModelVersion(), s.getPolicyVersion(), s.getEstimator(),
        s.getGrader(), s.getWindow());
  }

  private static void quote(String part, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ') {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  private static IllegalArgumentException notCanonical(String key, Throwable cause) {
    return new IllegalArgumentException("Not a canonical JSON array of strings: " + key, cause);
  }
}
