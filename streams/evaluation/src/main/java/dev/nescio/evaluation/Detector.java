package dev.nescio.evaluation;

import java.util.Optional;

/**
 * A condition that somebody should look at. A pure function of two windows: a correction, a crash or another order of
 * records changes nothing but through them.
 */
interface Detector {

  /** Stable id. */
  String name();

  /** Largest value that is no reason to look. */
  double limit(AlertRules rules);

  /**
   * Empty when the windows say nothing about it.
   *
   * @param recent    the answers that are judged
   * @param reference those before, back to a week
   * @param error     chance of a bound that does not hold, in (0, 1)
   */
  Optional<Reading> read(Tally recent, Tally reference, double error);

  /** One line for people. */
  String message(Reading reading, String window, double limit);
}
