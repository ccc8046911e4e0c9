package dev.nescio.trainer.service;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Hears how far a night is; called from the night's thread. */
@FunctionalInterface
public interface NightListener {

  /**
   * @param step      where the night is
   * @param state     what happened to the step
   * @param done      units finished
   * @param total     units in all; 0 when the step has none
   * @param unit      what is counted
   * @param remaining estimate for this step
   * @param message   one line for people
   * @param figures   figures by name, with units in the names
   */
  void heard(
      NightStep step, State state, long done, long total, String unit, Optional<Duration> remaining,
      String message, Map<String, Double> figures);

  /** State of a step. */
  enum State {
    STARTED,
    RUNNING,
    DONE,
    FAILED,
    REFUSED
  }
}
