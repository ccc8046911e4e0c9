package dev.nescio.producers;

import dev.nescio.schemas.topics.DeadLetterCause;
import java.util.List;

/**
 * What became of a run.
 *
 * @param topic    where it went
 * @param sent     records that the broker acknowledged
 * @param rejected items that were not sent, each with the reason
 */
public record Published(String topic, long sent, List<Rejection> rejected) {

  /** Copies the list. */
  public Published {
    rejected = List.copyOf(rejected);
  }

  /**
   * An item that was not sent.
   *
   * @param item    id of the item
   * @param cause   why
   * @param message one line for people
   */
  public record Rejection(String item, DeadLetterCause cause, String message) {}
}
