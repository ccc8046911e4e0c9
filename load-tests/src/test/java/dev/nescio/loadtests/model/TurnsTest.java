package dev.nescio.loadtests.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.nescio.loadtests.LoadTestException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TurnsTest {

  private static final ModelWorkload.Generate WORKLOAD =
      new ModelWorkload.Generate("w", "Some text", 1, 0, 0, 1, 4, 0, 3, 1, 1, 1);

  @TempDir private Path directory;

  /** Notes who is asked for what. */
  private record Noted(String name, double seconds, List<String> calls) implements Side {

    @Override
    public Task.Done run(Task task) {
      calls.add(name + " " + task.seed());
      return new Task.Done(seconds, 4, List.of(new int[4]));
    }

    @Override
    public void close() {
      calls.add(name + " closed");
    }
  }

  @Test
  void sidesDoTheSameByTurnsAndTheFirstRunDoesNotCount() throws IOException {
    List<String> calls = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    Turns turns = new Turns((workload, run) -> new Task.Generate(WORKLOAD, run, List.of(), List.of()),
        new Noted("ours", 1, calls), new Noted("peer", 3, calls), lines::add);
    Comparison comparison = turns.compare(WORKLOAD, 3);
    assertThat(calls).containsExactly(
        "peer 0", "ours 0", "ours 1", "peer 1", "peer 2", "ours 2", "ours 3", "peer 3");
    assertThat(comparison.ratio().runs()).hasSize(3).allSatisfy(ratio -> assertThat(ratio).isEqualTo(3));
    assertThat(lines).hasSize(4).last().asString().contains("run 3/3", "ratio 3.00");
  }

  @Test
  void aPeerThatEndsIsSaidWithItsLastWords() throws IOException {
    Path script = directory.resolve("peer.sh");
    Files.writeString(script, "echo no torch here >&2; exit 3\n");
    Path log = directory.resolve("peer.log");
    try (PeerProcess peer = PeerProcess.start(Path.of("/bin/sh"), script, directory, 2, log)) {
      assertThatExceptionOfType(LoadTestException.class).isThrownBy(peer::versions)
          .withMessageContaining("process ended").withMessageContaining("no torch here");
    }
  }

  @Test
  void aPeerThatFailsIsSaidWithItsReason() throws IOException {
    Path script = directory.resolve("peer.sh");
    Files.writeString(script, "read line; echo '{\"error\": \"OutOfMemory: too big\"}'\n");
    try (PeerProcess peer =
        PeerProcess.start(Path.of("/bin/sh"), script, directory, 2, directory.resolve("peer.log"))) {
      assertThatExceptionOfType(LoadTestException.class).isThrownBy(peer::versions)
          .withMessageContaining("the peer failed: OutOfMemory: too big");
    }
  }

  @Test
  void wrongUsageIsSaidBeforeAnythingIsLoaded() {
    StringWriter err = new StringWriter();
    String[] arguments = {"--output", "x.json", "--workloads", "model-workloads", "--peer", "peer/peer.py",
        "--peer-python", "/bin/sh", "--only", "nothing"};
    int code = BenchmarkModel.run(arguments, new PrintWriter(new StringWriter()), new PrintWriter(err, true));
    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("no workload nothing", "samples-8");
  }
}
