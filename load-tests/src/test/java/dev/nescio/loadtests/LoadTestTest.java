package dev.nescio.loadtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadTestTest {

  private static final String WORKLOAD = "workloads/answers-steady.json";

  @TempDir
  private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void explainsItselfAndEndsWell() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("--workload", "--output", "exactly one answer");
  }

  @Test
  void takesUnknownAndMissingOptionsAsWrongUsage() {
    assertThat(run("--workload", WORKLOAD)).isEqualTo(2);
    assertThat(err.toString()).contains("--output");
    assertThat(run("--workload", WORKLOAD, "--output", "r.json", "--rate", "3")).isEqualTo(2);
    assertThat(err.toString()).contains("--rate");
  }

  @Test
  void takesAWorkloadThatIsNotThereAsWrongUsage() {
    assertThat(run("--workload", "none.json", "--output", "r.json")).isEqualTo(2);
    assertThat(err.toString()).contains("none.json");
  }

  @Test
  void wantsBrokerAndRegistryTogether() {
    assertThat(run("--workload", WORKLOAD, "--output", "r.json", "--registry", "http://127.0.0.1:1")).isEqualTo(2);
    assertThat(err.toString()).contains("--bootstrap-servers");
  }

  @Test
  void neverKillsASystemThatItHasNotStarted() {
    assertThat(run("--workload", "workloads/kill.json", "--output", "r.json", "--bootstrap-servers", "127.0.0.1:1",
        "--registry", "http://127.0.0.1:1")).isEqualTo(2);
    assertThat(err.toString()).contains("killAtSeconds");
  }

  @Test
  void failsWithTheLastLinesOfASystemThatDoesNotStart() throws Exception {
    Path launcher = Files.writeString(directory.resolve("nescio"), "#!/bin/sh\necho no model today\nexit 1\n");
    assertThat(launcher.toFile().setExecutable(true)).isTrue();

    assertThat(run("--workload", WORKLOAD, "--output", directory.resolve("r.json").toString(), "--launcher",
        launcher.toString(), "--state", directory.resolve("state").toString())).isEqualTo(1);
    assertThat(err.toString()).contains("no model today", "exit code 1");
  }

  private int run(String... arguments) {
    return LoadTest.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
  }
}
