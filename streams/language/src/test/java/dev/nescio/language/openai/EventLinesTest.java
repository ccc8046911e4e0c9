package dev.nescio.language.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.time.Duration;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.Test;

class EventLinesTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  @Test
  void theEndOfAStreamIsAnEndAndABrokenConnectionIsNot() throws Exception {
    try (EventLines ended = new EventLines(); SubmissionPublisher<String> server = new SubmissionPublisher<>()) {
      server.subscribe(ended);
      server.submit("data: 1");
      server.submit("");
      server.close();
      assertThat(ended.next(LONG)).contains("1");
      assertThat(ended.next(LONG)).isEmpty();
    }
    try (EventLines broken = new EventLines(); SubmissionPublisher<String> server = new SubmissionPublisher<>()) {
      server.subscribe(broken);
      server.closeExceptionally(new EOFException("EOF reached while reading"));
      assertThatThrownBy(() -> broken.next(LONG)).isInstanceOf(EOFException.class)
          .hasMessage("EOF reached while reading");
    }
  }
}
