package dev.nescio.loadtests.server;

import dev.nescio.language.EvidenceKind;
import dev.nescio.language.UnsupportedEvidenceException;
import dev.nescio.loadtests.server.Finding.Outcome;
import java.util.Optional;

/**
 * One thing that a server is asked for.
 *
 * @param needs evidence without which the client has to refuse to ask; empty for what every server gives
 */
record Check(String name, Optional<EvidenceKind> needs, Work work) {

  /** Asks, and looks at what came. */
  interface Work {
    /**
     * @return what was seen, in words
     * @throws BrokenPromiseException if what came does not hold
     * @throws NothingToCheckException if something that the check needs is missing
     */
    String look(Subject subject);
  }

  Finding run(Subject subject) {
    boolean promised = needs.isEmpty() || subject.server().evidence().contains(needs.get());
    try {
      String seen = work.look(subject);
      return promised ? new Finding(name, Outcome.GIVEN, seen)
          : new Finding(name, Outcome.BROKEN, "evidence() has no " + needs.get() + ", and it was given all the same");
    } catch (NothingToCheckException e) {
      return new Finding(name, Outcome.SKIPPED, e.getMessage());
    } catch (UnsupportedEvidenceException e) {
      return new Finding(name, promised ? Outcome.BROKEN : Outcome.DENIED, e.getMessage());
    } catch (RuntimeException e) {
      String what = e instanceof BrokenPromiseException ? "" : e.getClass().getSimpleName() + ": ";
      return new Finding(name, Outcome.BROKEN, what + e.getMessage());
    }
  }
}
