package dev.nescio.evaluation;

import dev.nescio.schemas.topics.Keys;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The calibrators that an answer's label helps to fit, and the policies that decide for what: (tenant, domain), then
 * (tenant, {@code *}), then ({@code *}, {@code *}), the order in which inference looks them up.
 */
final class CalibratorScopes {

  private CalibratorScopes() {}

  /** Record keys, the most specific first. */
  static Set<String> of(Origin o) {
    Set<String> keys = new LinkedHashSet<>();
    for (List<String> scope : scopes(o.tenant(), o.domain())) {
      keys.add(Keys.calibrator(scope.get(0), scope.get(1), o.modelDigest(), o.estimator()));
    }
    return keys;
  }

  /** Keys of the policies to ask, the most specific first. */
  static Set<String> policies(String tenant, String domain) {
    Set<String> keys = new LinkedHashSet<>();
    for (List<String> scope : scopes(tenant, domain)) keys.add(Keys.policy(scope.get(0), scope.get(1)));
    return keys;
  }

  private static List<List<String>> scopes(String tenant, String domain) {
    return List.of(List.of(tenant, domain), List.of(tenant, SliceKey.ANY), List.of(SliceKey.ANY, SliceKey.ANY));
  }
}
