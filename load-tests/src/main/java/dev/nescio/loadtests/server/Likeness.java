package dev.nescio.loadtests.server;

import dev.nescio.language.Generation.Alternative;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How much the sequences of a server are like those of the same model in this process. */
final class Likeness {

  private static final String REPLACEMENT = "\uFFFD";

  private final double atMost;
  private final List<Double> differences = new ArrayList<>();
  private final List<Double> alternatives = new ArrayList<>();
  private int sequences;
  private int alike;

  /** @param atMost greatest difference that holds, nats */
  Likeness(double atMost) {
    this.atMost = atMost;
  }

  /** Compares up to the first token that differs: from there on the two have read different texts. */
  void add(Sequence there, Sequence here) {
    sequences++;
    if (there.text().equals(here.text())) alike++;
    for (int i = 0; i < Math.min(there.tokens().size(), here.tokens().size()); i++) {
      Token one = there.tokens().get(i);
      Token other = here.tokens().get(i);
      if (!one.text().equals(other.text())) return;
      differences.add(Math.abs(one.logProb() - other.logProb()));
      compare(one.alternatives(), other.alternatives());
    }
  }

  private void compare(List<Alternative> there, List<Alternative> here) {
    Map<String, Double> known = new HashMap<>();
    here.forEach(a -> known.merge(a.text(), a.logProb(), Math::max));
    for (Alternative a : there) {
      // Special tokens and parts of characters may have the same text.
      boolean one = !a.text().isEmpty() && !a.text().contains(REPLACEMENT);
      Double other = one ? known.get(a.text()) : null;
      if (other != null) alternatives.add(Math.abs(a.logProb() - other));
    }
  }

  /** True when nothing was compared. */
  boolean isEmpty() {
    return sequences == 0;
  }

  /** @throws BrokenPromiseException if a difference is too great */
  String words() {
    double most = differences.stream().mapToDouble(d -> d).max().orElse(0);
    String words = alike + " of " + sequences + " texts alike" + words(", %d tokens", differences)
        + words(", %d alternatives", alternatives);
    BrokenPromiseException.require(most <= atMost, words + ": more than " + atMost + " nats apart");
    return words;
  }

  private static String words(String what, List<Double> differences) {
    if (differences.isEmpty()) return "";
    return String.format(Locale.ROOT, what + " (mean %.2g, most %.2g nats apart)", differences.size(),
        differences.stream().mapToDouble(d -> d).average().orElseThrow(),
        differences.stream().mapToDouble(d -> d).max().orElseThrow());
  }
}
