package dev.nescio.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands say when what they need is not there. */
class CommandsWithoutSystemTest {

  @TempDir private Path directory;

  @Test
  void askSaysHowToStartASystem() {
    Ran ran = Ran.nescio("ask", "What is the capital of Peru?", "--state", directory);
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .isEqualToIgnoringNewLines("nescio: no system is running under " + directory + "; start one with: nescio up");
  }

  @Test
  void anEmptyQuestionIsRefused() {
    Ran ran = Ran.nescio("ask", " ", "--state", directory);
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("the question is empty");
  }

  @Test
  void produceSaysHowToStartASystem() throws IOException {
    Path file = Files.writeString(directory.resolve("q.jsonl"), "{\"question\":\"a?\"}\n");
    Ran ran = Ran.nescio("produce", "questions", file, "--state", directory);
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("no system is running under " + directory);
  }

  @Test
  void produceNamesAFileThatIsNotThere() {
    Path file = directory.resolve("none.jsonl");
    Ran ran = Ran.nescio("produce", "questions", file, "--state", directory);
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).isEqualToIgnoringNewLines("nescio: There is no data file " + file + "; check the path");
  }

  @Test
  void doctorFindsATakenPort() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Ran ran = doctor(directory, taken.getLocalPort());
      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.out())
          .containsPattern("problem +port +" + taken.getLocalPort() + " is taken by another process")
          .contains("another --port");
    }
  }

  @Test
  void doctorFindsAPlaceThatCannotBeWritten() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");
    Ran ran = doctor(file.resolve("state"), 0);
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out())
        .containsPattern("problem +state +" + file.resolve("state") + " cannot be written")
        .contains("choose another directory with --state");
  }

  @Test
  void doctorNotesAMissingModelAndASystemThatDoesNotRun() {
    Ran ran = doctor(directory, 0);
    assertThat(ran.out())
        .containsPattern("fine +jdk +JDK ")
        .containsPattern("note +model +not in the cache yet")
        .containsPattern("note +broker +no system is running")
        .contains("nescio model get", "nescio up");
  }

  private Ran doctor(Path state, int port) {
    return Ran.nescio("doctor", "--state", state, "--cache", directory.resolve("cache"), "--port", port);
  }
}
