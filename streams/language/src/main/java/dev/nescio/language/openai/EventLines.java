package dev.nescio.language.openai;

import java.io.EOFException;
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

  private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>();
  private volatile Flow.Subscription subscription;
  private volatile boolean closed;

  /** A line, or the end with its cause; a regular end is an {@link EOFException}. */
  private record Line(String text, IOException end) {}

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    if (closed) given.cancel();
    else given.request(AHEAD);
  }

  @Override
  public void onNext(String line) {
    if (line.length() > LONGEST_LINE) onError(new IOException("a line of " + line.length() + " characters"));
    else lines.add(new Line(line, null));
  }

  @Override
  public void onError(Throwable error) {
    lines.add(new Line(null, error instanceof IOException io ? io : new IOException(error)));
  }

  @Override
  public void onComplete() {
    lines.add(new Line(null, new EOFException("the stream ended")));
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
      Line line = lines.poll(longest.toNanos(), TimeUnit.NANOSECONDS);
      if (line == null) throw new IOException("sent nothing for " + longest.toMillis() + " ms");
      if (line.end() instanceof EOFException) return Optional.empty();
      if (line.end() != null) throw line.end();
      subscription.request(1);
      if (line.text().startsWith(DATA)) return Optional.of(line.text().substring(DATA.length()).strip());
    }
  }

  /** Ends the connection: a server that looks notices that nobody waits. */
  @Override
  public void close() {
    closed = true;
    if (subscription != null) subscription.cancel();
  }
}
