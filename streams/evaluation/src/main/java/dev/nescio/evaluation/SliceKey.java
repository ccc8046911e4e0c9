package dev.nescio.evaluation;

import dev.nescio.schemas.topics.Keys;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A group of answers that is measured on its own; {@code *} rolls up.
 *
 * @param tenant        or {@code *}
 * @param domain        or {@code *}
 * @param modelVersion  never rolled up: two models are never mixed
 * @param policyVersion or {@code *}
 * @param estimator     never rolled up
 */
record SliceKey(String tenant, String domain, String modelVersion, String policyVersion, String estimator) {

  static final String ANY = "*";

  private static final String OVERFLOW = "(overflow ";

  /** The answer's own slice and its roll-ups. */
  static Set<SliceKey> of(Origin o) {
    Set<SliceKey> slices = new LinkedHashSet<>();
    slices.add(new SliceKey(ANY, ANY, o.modelVersion(), ANY, o.estimator()));
    slices.add(new SliceKey(ANY, ANY, o.modelVersion(), o.policyVersion(), o.estimator()));
    slices.add(new SliceKey(ANY, o.domain(), o.modelVersion(), ANY, o.estimator()));
    slices.add(new SliceKey(o.tenant(), ANY, o.modelVersion(), ANY, o.estimator()));
    slices.add(new SliceKey(o.tenant(), o.domain(), o.modelVersion(), o.policyVersion(), o.estimator()));
    return slices;
  }

  /** True for the roll-ups over every tenant and domain. */
  boolean rolledUp() {
    return tenant.equals(ANY) && domain.equals(ANY);
  }

  /**
   * The slice that takes the answers of this one when there are too many: one for each of the five kinds and each
   * partition, {@code (overflow 3)} in place of every name. So the slices of a kind and its overflow hold each answer
   * once.
   */
  SliceKey overflow(int partition) {
    String name = OVERFLOW + partition + ')';
    return new SliceKey(over(tenant, name), over(domain, name), name, over(policyVersion, name), name);
  }

  private static String over(String part, String name) {
    return part.equals(ANY) ? ANY : name;
  }

  /** True for a slice that takes the answers of several: its figures mix models. */
  boolean isOverflow() {
    return modelVersion.startsWith(OVERFLOW);
  }

  /** Canonical record key. */
  String encode() {
    return Keys.encode(tenant, domain, modelVersion, policyVersion, estimator);
  }

  static SliceKey decode(String key) {
    List<String> parts = Keys.decode(key);
    if (parts.size() != 5) throw new IllegalArgumentException("a slice has five parts, not " + key);
    return new SliceKey(parts.get(0), parts.get(1), parts.get(2), parts.get(3), parts.get(4));
  }
}
