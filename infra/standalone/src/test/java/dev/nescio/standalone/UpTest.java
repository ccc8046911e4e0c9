package dev.nescio.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.bytemodel.ByteModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * {@code nescio up} as a process of its own, on a small model: asked, stopped, killed and started again. Most of the time
 * it waits, so other tests run beside it.
 */
@Execution(ExecutionMode.CONCURRENT)
class UpTest {

  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration STOP = Duration.ofSeconds(30);

  @TempDir private Path directory;

  @Test
  void aSystemAnswersStopsOnCtrlCAndStartsAgainAlsoAfterAKill() throws Exception {
    Path model = ByteModel.oneLayer().write(directory.resolve("tiny"));
    Path state = directory.resolve("state");

    try (Child first = up(model, state, "first")) {
      answersAndLosesNothing(state);
      refusesASecondSystem(model, state);
      first.interrupt();
      first.exit(STOP);
      assertThat(first.output()).contains("Stopping ...", "Stopped in ").doesNotContain("Exception", "\tat ");
      assertThat(StateDirectory.addresses(state.resolve("up"))).isEmpty();
    }
    try (Child second = up(model, state, "second")) {
      asks(state);
      second.kill();
    }
    Ran afterKill = Ran.nescio("ask", "What is the capital of Peru?", "--state", state);
    assertThat(afterKill.code()).isEqualTo(1);
    assertThat(afterKill.err()).contains("no system is running under " + state);
    try (Child third = up(model, state, "third")) {
      asks(state);
      third.interrupt();
      third.exit(STOP);
    }
  }

  private Child up(Path model, Path state, String name) throws IOException {
    Child child =
        Child.start(
            directory.resolve(name + ".txt"), Map.of(), "up", "--model", model.toString(), "--state", state.toString(),
            "--port", "0");
    try {
      child.awaitOutput("Up. Ask with", START);
      return child;
    } catch (RuntimeException | Error e) {
      child.close();
      throw e;
    }
  }

  private void answersAndLosesNothing(Path state) throws IOException {
    asks(state);
    Path file = directory.resolve("q.jsonl");
    Files.write(file, List.of("{\"question\":\"a?\"}", "oops", "{\"question\":\"b?\",\"answers\":[\"x\"]}"));
    Ran produced = Ran.nescio("produce", "questions", file, "--state", state);
    assertThat(produced.code()).isEqualTo(1);
    assertThat(produced.out()).isEqualToIgnoringNewLines("2 records to qa.questions.v1");
    assertThat(produced.err()).contains(file + ":2: the line is not JSON", "write one {...} object on each line");

    Ran well = Ran.nescio("doctor", "--state", state, "--cache", directory.resolve("cache"), "--port", "0");
    assertThat(well.out())
        .containsPattern("fine +broker +127.0.0.1:\\d+, 1 node")
        .containsPattern("fine +registry +http://");
  }

  private void refusesASecondSystem(Path model, Path state) throws IOException, InterruptedException {
    try (Child second =
        Child.start(
            directory.resolve("refused.txt"), Map.of(), "up", "--model", model.toString(), "--state", state.toString(),
            "--port", "0")) {
      assertThat(second.exit(Duration.ofSeconds(60))).isEqualTo(1);
      assertThat(second.output())
          .contains("another nescio runs in " + state.resolve("up") + "; stop it (Ctrl-C) or choose another");
    }
    assertThat(StateDirectory.addresses(state.resolve("up"))).isPresent();
  }

  private static void asks(Path state) {
    Ran ran = Ran.nescio("ask", "What is the capital of Peru?", "--state", state);
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out())
        .containsPattern("(?m)^Answer +\\S")
        .containsPattern("(?m)^Confidence +none \\(")
        .containsPattern("(?m)^Decision +(ANSWER|<IDK>)")
        .containsPattern("(?m)^Why +\\S")
        .containsPattern("(?m)^p_idk +0\\.\\d{4}")
        .containsPattern("(?m)^Model +base");
  }
}
