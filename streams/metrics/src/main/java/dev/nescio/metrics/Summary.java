package dev.nescio.metrics;

/**
 * What metrics are computed from: sparse, mutable, of bounded size, exact.
 *
 * <p>Laws: {@code add} then {@code remove} restores the state; {@code merge} is associative and commutative and equals
 * adding one by one; the byte form is canonical, so equal states have equal bytes.
 */
public interface Summary<S extends Summary<S>> {

  void add(Observation observation);

  /** Takes out an observation that was added before. */
  void remove(Observation observation);

  void merge(S other);
}
