package dev.nescio.producers;

import java.util.Map;
import java.util.Objects;

/**
 * How the items of one run are asked.
 *
 * @param askId      names the run; an item asked again under the same name makes the same answer id
 * @param channel    release channel that answers
 * @param maxTokens  most tokens of an answer, 1 to 512
 * @param seed       of whatever is drawn
 * @param attributes added to the attributes of every question; they win
 */
public record Asking(String askId, String channel, int maxTokens, long seed, Map<String, String> attributes) {

  /** Checks the ranges. */
  public Asking {
    Objects.requireNonNull(channel, "channel");
    attributes = Map.copyOf(attributes);
    if (askId.isBlank()) {
      throw new IllegalArgumentException("An asking needs a name, askId");
    }
    if (maxTokens < 1 || maxTokens > 512) {
      throw new IllegalArgumentException("maxTokens is from 1 to 512, not " + maxTokens);
    }
  }

  /** Of the champion, with the defaults of production traffic. */
  public static Asking named(String askId) {
    return new Asking(askId, "champion", 32, 0, Map.of());
  }

  /** The same of another channel. */
  public Asking withChannel(String other) {
    return new Asking(askId, other, maxTokens, seed, attributes);
  }

  /** The same with another seed. */
  public Asking withSeed(long other) {
    return new Asking(askId, channel, maxTokens, other, attributes);
  }
}
