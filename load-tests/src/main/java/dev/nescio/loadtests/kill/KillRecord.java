package dev.nescio.loadtests.kill;

import dev.nescio.loadtests.kill.KillCase.Signal;
import java.util.List;
import java.util.Locale;

/**
 * What one run has shown.
 *
 * @param what            the case
 * @param held            input partitions that the victim held, or -1 for a broker
 * @param seen            state of the transaction when the signal was sent: {@code open}, {@code ending},
 *                        {@code none}, or {@code unknown} when its coordinator did not answer
 * @param left            its state right after the signal, {@code unknown} for a broker; an app that is gone or stopped
 *                        can end none by itself
 * @param outageSeconds   from the signal to the restart or continuation
 * @param recoverySeconds from there until everything was answered and every figure equal to the batch computation
 * @param fenced          for a stopped process: it was replaced while it slept, and an open transaction of it was
 *                        aborted; null for others
 * @param refused         for a stopped app: its log says after waking that the brokers refused it
 * @param endedThemselves processes that ended without being hit, and were started again
 * @param questions       since the start of the system
 * @param labels          label records on the topic since the start of the system
 */
record KillRecord(
    KillCase what, int held, String seen, String left, double outageSeconds, double recoverySeconds, Boolean fenced,
    Boolean refused, List<String> endedThemselves, long questions, long labels, Comparison.Result result) {

  /** Nothing lost, nothing twice, figures equal, and whoever slept was fenced. */
  boolean passed() {
    return result.clean() && !Boolean.FALSE.equals(fenced);
  }

  /**
   * True when the signal fell into a transaction. Of an app that was ended or stopped, an open one stays open, so the
   * state right after the signal tells; an end under way goes on without the app, and brokers and SIGTERM change the
   * state, so there the state seen some milliseconds before the signal counts.
   */
  boolean withinTransaction() {
    boolean stays = what.victim() != KillCase.Victim.BROKER && what.signal() != Signal.TERM;
    return seen.equals("ending") || (stays ? left : seen).equals("open") || left.equals("ending");
  }

  static String heading() {
    return "seed  victim                  sig  moment          transaction   down s  recover s  lost twice  metrics"
        + "              fenced";
  }

  /** One line. */
  String line() {
    return String.format(Locale.ROOT, "%4d  %s %-13s %6.1f %10.1f %5d %5d  %-20s %s%s", what.seed(), what.describe(),
        seen + ">" + left, outageSeconds, recoverySeconds, result.lost(), result.twice(),
        result.differences().isEmpty() ? "equal (" + result.compared() + ")" : result.differences().size() + " DIFFER",
        fenced == null ? "-" : fenced ? Boolean.TRUE.equals(refused) ? "yes, refused" : "yes" : "NO",
        endedThemselves.isEmpty() ? "" : "  ended: " + String.join(" ", endedThemselves));
  }
}
