package dev.nescio.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.nescio.bytemodel.ByteModel;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands whose disk has no room, on a small tmpfs where the test may mount one. */
class FullDiskTest {

  @TempDir private Path directory;
  private Path small;

  @BeforeEach
  void mount() throws IOException, InterruptedException {
    small = Files.createDirectory(directory.resolve("small"));
    if (run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small.toString()) != 0) {
      small = null;
      abort("SKIPPED, needs the right to mount a tmpfs (root)");
    }
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    if (small != null) assertThat(run("umount", small.toString())).isZero();
  }

  @Test
  void aStateDirectoryWithoutRoomIsRefusedBeforeAnythingStarts() throws IOException {
    Path state = small.resolve("state");

    Ran ran = Ran.nescio("up", "--only", "dashboard", "--port", "0", "--state", state);

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .startsWith("nescio: the disk is full: " + state.resolve("up") + " has ")
        .contains(" MiB free, 512 MiB are needed; free some or choose another place with --state")
        .hasLineCount(1);
    assertThat(state.resolve("up/kafka")).doesNotExist();
    StateDirectory.open(state.resolve("up")).close();
  }

  @Test
  void aReportThatDoesNotFitIsNamedAndLeavesTheOldOne() throws IOException {
    Path file = Files.writeString(small.resolve("r.json"), "old");
    DemoReport report = new DemoReport(Map.of("filler", "x".repeat(2 << 20)));

    assertThatThrownBy(() -> report.writeTo(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cannot write the report to " + file)
        .hasMessageContaining("No space left on device")
        .hasMessageContaining("--report");
    assertThat(file).hasContent("old");
    assertThat(small).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void resultsThatDoNotFitAreKeptAsFarAsTheyGo() throws Exception {
    Path model = ByteModel.oneLayer().write(directory.resolve("tiny"));
    Path prompts = Files.write(directory.resolve("p.jsonl"),
        Collections.nCopies(600, "{\"prompt\":\"" + "x".repeat(1800) + "\"}"));
    Path output = small.resolve("out.jsonl");
    Object[] command = {"generate", "--model", model, "--prompts", prompts, "--max-tokens", 30, "--output", output};

    Ran full = Ran.nescio(command);

    assertThat(full.code()).isEqualTo(1);
    assertThat(full.err()).contains("nescio: cannot write to " + output + ": No space left on device",
        "the same command goes on from it").doesNotContain("--state");
    assertThat(run("mount", "-o", "remount,size=20m", small.toString())).isZero();
    Ran rest = Ran.nescio(command);
    assertThat(rest.code()).as(rest.err()).isZero();
    assertThat(rest.err()).contains("Continuing " + output);
    assertThat(Files.readAllLines(output)).hasSize(600).allMatch(line -> line.startsWith("{\"line\":"));
  }

  @Test
  void aDiskThatFillsUpEndsTheSystemWithTheReason() throws Exception {
    assertThat(run("mount", "-o", "remount,size=600m", small.toString())).isZero();
    Path state = small.resolve("state");
    try (Child child =
        Child.start(
            directory.resolve("out.txt"), Map.of(), "up", "--only", "dashboard", "--port", "0", "--state",
            state.toString())) {
      child.awaitOutput("Up. Ask with", Duration.ofMinutes(3));
      fill(small.resolve("filler"));
      assertThat(child.exit(Duration.ofMinutes(1))).isEqualTo(1);
      assertThat(child.output())
          .contains("nescio: the broker stopped, the disk of " + state.resolve("up") + " is full")
          .contains("start again when there is room");
    }
  }

  private static void fill(Path file) throws IOException {
    byte[] chunk = new byte[1 << 16];
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) out.write(chunk);
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left on device");
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start()
        .waitFor();
  }
}
