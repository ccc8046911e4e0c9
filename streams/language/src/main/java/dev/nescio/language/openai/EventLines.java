package dev.nescio.language.openai;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The data of server-sent events, one at a time, for a thread that waits for them. The server is held back when that
 * thread is slow.
 *
 * <p>Source: WHATWG HTML, section 9.2.6, of which servers of OpenAI's interface use lines of {@code data:} alone.
 */
final class EventLines implements Flow.Subscriber<String>, AutoCloseable {

  private static final String DATA = "data:";
  private static final int AHEAD = 64;
  private static final int LONGEST_LINE = 8 << 20;

  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private volatile Flow.Subscription subscription;
  private volatile boolean closed;

  /** What the connection brought. A connection that breaks may say so with an EOFException: that is no regular end. */
  private sealed interface Signal {

    record Line(String text) implements Signal {}

    record Broken(IOException cause) implements Signal {}

    record End() implements Signal {}
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    if (closed) given.cancel();
    else given.request(AHEAD);
  }

  @Override
  public void onNext(String line) {
    if (line.length() > LONGEST_LINE) onError(new IOException("a line of " + line.length() + " characters"));
    else signals.add(new Signal.Line(line));
  }

  @Override
  public void onError(Throwable error) {
    signals.add(new Signal.Broken(error instanceof IOException io ? io : new IOException(error)));
  }

  @Override
  public void onComplete() {
    signals.add(new Signal.End());
  }

  /**
   * The data of the next event.
   *
   * @param longest time to wait for it
   * @return empty at the end of the stream
   * @throws IOException if the stream broke, or nothing came for so long
   */
  Optional<String> next(Duration longest) throws IOException, InterruptedException {
    while (true) {
      switch (signals.poll(longest.toNanos(), TimeUnit.NANOSECONDS)) {
        case null -> throw new IOException("sent nothing for " + longest.toMillis() + " ms");
        case Signal.End() -> {
          return Optional.empty();
        }
        case Signal.Broken(IOException cause) -> throw cause;
        case Signal.Line(String text) -> {
          subscription.request(1);
          if (text.startsWith(DATA)) return Optional.of(text.substring(DATA.length()).strip());
        }
      }
    }
  }

  /** Ends the connection: a server that looks notices that nobody waits. */
  @Override
  public void close() {
    closed = true;
    if (subscription != null) subscription.cancel();
  }
}
