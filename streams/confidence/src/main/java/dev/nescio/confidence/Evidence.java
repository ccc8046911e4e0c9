package dev.nescio.confidence;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What is known about one answer, by typed key. Immutable. */
public final class Evidence {

  private final Map<EvidenceKey<?>, Object> pieces;

  private Evidence(Map<EvidenceKey<?>, Object> pieces) {
    this.pieces = pieces;
  }

  public static Evidence none() {
    return new Evidence(Map.of());
  }

  /** A copy with one more piece. */
  public <T> Evidence with(EvidenceKey<T> key, T piece) {
    Map<EvidenceKey<?>, Object> copy = new HashMap<>(pieces);
    copy.put(key, key.type().cast(piece));
    return new Evidence(Map.copyOf(copy));
  }

  /** The piece, or empty when it was not gathered. */
  public <T> Optional<T> get(EvidenceKey<T> key) {
    return Optional.ofNullable(pieces.get(key)).map(key.type()::cast);
  }
}
