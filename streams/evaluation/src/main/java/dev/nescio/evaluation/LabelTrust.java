package dev.nescio.evaluation;

import dev.nescio.schemas.LabelSource;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Whose labels count. A rule is {@code SOURCE:PRINCIPAL}, either with {@code *} for anything, for example
 * {@code PERSON:*} or {@code GRADER:grader:strict*}; a block wins over an allowance. A label that is not trusted is
 * quarantined: kept on the ledger, in no figure, and without taking its label id from a trusted one.
 */
final class LabelTrust {

  /** Everybody. */
  static final String ANYBODY = "*:*";

  private final List<Pattern> allowed;
  private final List<Pattern> blocked;
  private final boolean everybody;

  /**
   * @param allowed rules, comma-separated
   * @param blocked rules, comma-separated; may be empty
   * @throws IllegalArgumentException naming a rule that cannot be read
   */
  LabelTrust(String allowed, String blocked) {
    this.allowed = rules("labels.allowed", allowed);
    this.blocked = rules("labels.blocked", blocked);
    this.everybody = allowed.equals(ANYBODY) && this.blocked.isEmpty();
  }

  boolean trusts(LabelSource source, String principal) {
    if (everybody) return true;
    String who = source + ":" + principal;
    return matches(allowed, who) && !matches(blocked, who);
  }

  private static boolean matches(List<Pattern> rules, String who) {
    return rules.stream().anyMatch(rule -> rule.matcher(who).matches());
  }

  private static List<Pattern> rules(String key, String rules) {
    return Arrays.stream(rules.split(",")).map(String::strip).filter(rule -> !rule.isEmpty())
        .map(rule -> pattern(key, rule)).toList();
  }

  private static Pattern pattern(String key, String rule) {
    int colon = rule.indexOf(':');
    String source = colon < 0 ? "" : rule.substring(0, colon);
    if (!source.equals("*") && Arrays.stream(LabelSource.values()).noneMatch(known -> known.name().equals(source))) {
      throw new IllegalArgumentException(key + " has the rule \"" + rule + "\"; a rule is SOURCE:PRINCIPAL with one of "
          + Arrays.toString(LabelSource.values()) + " or *");
    }
    return Pattern.compile(Arrays.stream(rule.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
        Pattern.DOTALL);
  }
}
