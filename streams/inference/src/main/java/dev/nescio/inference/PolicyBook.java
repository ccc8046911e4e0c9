package dev.nescio.inference;

import dev.nescio.schemas.Policy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The policies in force: the last record of each tenant and domain. Immutable. */
final class PolicyBook {

  static final String ANY = "*";

  private final Policy builtIn;
  private final Map<Scope, Policy> policies;

  /** Tenant and domain, each possibly {@code *}. */
  record Scope(String tenant, String domain) {

    /** From the most specific to the most general. */
    static List<Scope> of(String tenant, String domain) {
      return List.of(new Scope(tenant, domain), new Scope(tenant, ANY), new Scope(ANY, ANY));
    }
  }

  private PolicyBook(Policy builtIn, Map<Scope, Policy> policies) {
    this.builtIn = builtIn;
    this.policies = Map.copyOf(policies);
  }

  /**
   * @param builtIn applies where no policy was published
   */
  static PolicyBook of(Policy builtIn) {
    return new PolicyBook(Objects.requireNonNull(builtIn, "builtIn"), Map.of());
  }

  /** With this policy in place of the earlier one of the same tenant and domain. */
  PolicyBook with(Policy policy) {
    Map<Scope, Policy> copy = new HashMap<>(policies);
    copy.put(new Scope(policy.getTenant(), policy.getDomain()), policy);
    return new PolicyBook(builtIn, copy);
  }

  /** Without a policy for this tenant and domain. */
  PolicyBook without(String tenant, String domain) {
    Map<Scope, Policy> copy = new HashMap<>(policies);
    copy.remove(new Scope(tenant, domain));
    return new PolicyBook(builtIn, copy);
  }

  /** The most specific policy: (tenant, domain), (tenant, *), (*, *), the built-in one. */
  Policy lookUp(String tenant, String domain) {
    for (Scope scope : Scope.of(tenant, domain)) {
      Policy policy = policies.get(scope);
      if (policy != null) return policy;
    }
    return builtIn;
  }
}
