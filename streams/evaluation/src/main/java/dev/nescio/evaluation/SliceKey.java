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

  /** True for the roll-ups over every tenant and domain, which are never put into the overflow slice. */
  boolean rolledUp() {
    return tenant.equals(ANY) && domain.equals(ANY);
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
