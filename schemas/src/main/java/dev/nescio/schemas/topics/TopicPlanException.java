package dev.nescio.schemas.topics;

/** The broker's topics are not as the catalogue needs them; the message names the topic and the way out. */
public final class TopicPlanException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With a message and, when there is one, its cause. */
  public TopicPlanException(String message, Throwable cause) {
    super(message, cause);
  }
}
