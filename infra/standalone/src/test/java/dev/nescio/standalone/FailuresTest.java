package dev.nescio.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FailuresTest {

  /** Another test of this process may have started a log, which messages then name. */
  @BeforeEach
  void withoutLog() {
    System.clearProperty(LogFile.PROPERTY);
  }


  @AfterEach
  void forgetTheLog() {
    System.clearProperty(LogFile.PROPERTY);
  }

  @Test
  void whatTheUserCanMendIsAllThatIsSaid() {
    System.setProperty(LogFile.PROPERTY, "/state/nescio.log");
    Throwable wrapped = new IllegalStateException("outer", new UserError("port 1 is taken; choose another"));
    assertThat(Failures.explain(wrapped)).isEqualTo("port 1 is taken; choose another");
  }

  @Test
  void aFullDiskIsFoundAtAnyDepth() {
    IOException full = new FileSystemException("/state/x", null, "No space left on device");
    String message = Failures.explain(new IllegalStateException("cannot start", new UncheckedIOException(full)));
    assertThat(message)
        .isEqualTo(
            "the disk is full while writing /state/x; free some space or choose another place with --state or --cache");
    assertThat(Failures.explain(new IOException("No space left on device"))).startsWith("the disk is full;");
    assertThat(Failures.explain(new IOException("Disk quota exceeded"))).startsWith("the disk is full;");
  }

  @Test
  void anythingElseSaysWhereTheLogIs() {
    System.setProperty(LogFile.PROPERTY, "/state/nescio.log");
    assertThat(Failures.explain(new IllegalStateException("the engine said no")))
        .isEqualTo("the engine said no\n        the log is /state/nescio.log");
    assertThat(Failures.explain(new IllegalStateException())).startsWith("IllegalStateException");
  }

  @Test
  void failuresOfFilesAreWordsAndNotOnlyPaths() {
    assertThat(Failures.reason(new NoSuchFileException("/a"))).isEqualTo("/a does not exist");
    assertThat(Failures.reason(new AccessDeniedException("/a"))).isEqualTo("no permission for /a");
    assertThat(Failures.reason(new IOException())).isEqualTo("IOException");
    assertThat(Failures.explain(new NoSuchFileException("/a"))).isEqualTo("/a does not exist");
  }
}
