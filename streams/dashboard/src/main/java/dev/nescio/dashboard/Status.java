package dev.nescio.dashboard;

import java.util.List;
import java.util.Map;

/**
 * How well the dashboard sees.
 *
 * @param reading         false when reading ended because of an error of this program
 * @param connected       the broker answered within the last check
 * @param caughtUp        everything that was there at the start has been read
 * @param problem         what is wrong, in one line; absent when nothing is
 * @param missingTopics   topics that do not exist (yet)
 * @param undecodable     records that could not be decoded, by topic
 * @param recordsRead     records read by this process
 * @param recordsBehind   records that are there and not yet read
 * @param startedAtMicros when reading began
 */
public record Status(
    boolean reading,
    boolean connected,
    boolean caughtUp,
    String problem,
    List<String> missingTopics,
    Map<String, Long> undecodable,
    long recordsRead,
    long recordsBehind,
    long startedAtMicros) {

  /** True when what is shown is the state of the topics. */
  public boolean ready() {
    return reading && connected && caughtUp;
  }
}
