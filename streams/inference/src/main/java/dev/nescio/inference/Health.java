package dev.nescio.inference;

import java.util.List;

/**
 * How inference is.
 *
 * @param state    of the application
 * @param ready    true when questions are being answered: control topics read, release loaded, broker reachable
 * @param problems in words, empty when there are none; a refused release is a problem, though answers go on
 */
public record Health(State state, boolean ready, List<String> problems) {

  public Health {
    problems = List.copyOf(problems);
  }

  /** States of the application. */
  public enum State {
    NEW,
    STARTING,
    RUNNING,
    /** A thread ended with an error; nothing is lost, but nothing is answered until a restart. */
    FAILED,
    CLOSED
  }
}
