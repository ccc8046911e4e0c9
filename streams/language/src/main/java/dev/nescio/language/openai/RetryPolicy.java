package dev.nescio.language.openai;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How long to wait before a request is sent again: exponential backoff with full jitter, uniform between 0 and
 * {@code min(longest, first * 2^retry)}, but never shorter than the server asked for.
 *
 * <p>Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 *
 * @param retries how often a request is sent again after the first time, 0 or more
 * @param first   upper bound of the first wait
 * @param longest upper bound of every wait; a server that asks for more is given up
 */
public record RetryPolicy(int retries, Duration first, Duration longest) {

  private static final int DOUBLINGS = 30;

  public RetryPolicy {
    Objects.requireNonNull(first, "first");
    Objects.requireNonNull(longest, "longest");
    if (retries < 0) throw new IllegalArgumentException("retries must be 0 or more, is " + retries);
    if (!first.isPositive()) throw new IllegalArgumentException("first must be above 0, is " + first);
    if (longest.compareTo(first) < 0) {
      throw new IllegalArgumentException("longest must be at least first (" + first + "), is " + longest);
    }
  }

  /**
   * The wait before a retry.
   *
   * @param retry number of the retry, from 0
   * @param asked what the server asked for in {@code Retry-After}
   * @return empty when there are no more retries, or the server asks for a longer wait than is allowed
   */
  Optional<Duration> pause(int retry, Optional<Duration> asked, RandomGenerator random) {
    if (retry >= retries || asked.filter(wait -> wait.compareTo(longest) > 0).isPresent()) return Optional.empty();
    double bound = Math.min(longest.toNanos(), first.toNanos() * Math.scalb(1.0, Math.min(retry, DOUBLINGS)));
    Duration drawn = Duration.ofNanos((long) (bound * random.nextDouble()));
    return Optional.of(asked.filter(wait -> wait.compareTo(drawn) > 0).orElse(drawn));
  }
}
