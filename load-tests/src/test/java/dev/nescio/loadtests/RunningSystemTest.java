package dev.nescio.loadtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.loadtests.Workload.Phase;
import dev.nescio.model.hub.ModelSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A few seconds of load on {@code nescio up} with the real model, in a process of its own that is killed in the middle. */
class RunningSystemTest {

  private static final Path CACHE =
      Path.of(System.getProperty("nescio.cache", System.getProperty("user.home") + "/.cache/nescio"));

  @TempDir
  private Path directory;

  @BeforeAll
  static void needsTheModel() {
    try {
      ModelSource.parse("default", ModelSource.HUB).resolve(CACHE);
    } catch (IOException e) {
      abort("SKIPPED, needs SmolLM2-135M-Instruct: " + e.getMessage());
    }
  }

  @Test
  void answersEveryQuestionOnceAlsoWhenKilledUnderLoad() throws Exception {
    Workload workload = new Workload("test", "five seconds with a kill", List.of(new Phase(4, 5)), 0, 180, 8, 1, true,
        List.of(3.0), null);
    Report report;
    try (SystemUnderTest system = LaunchedSystem.start(nescio(), directory, List.of("--cache", CACHE.toString()))) {
      report = new LoadRun(workload, system, Clock.systemUTC(), System::nanoTime).run(Machine.here());
    }

    assertThat(report.failures()).isEmpty();
    assertThat(report.exactlyOnce()).isTrue();
    assertThat(report.outcome().asked()).isEqualTo(20);
    assertThat(report.restarts()).hasSize(1);
    assertThat(report.audit().labels()).isEqualTo(20);
    assertThat(report.audit().figures()).isGreaterThan(20);
    assertThat(report.timings().endToEnd().count()).isEqualTo(20);
    assertThat(report.timings().model().negative()).isZero();
    assertThat(ReportText.of(report)).contains("test: passed", "20 answered once", "killed");

    Path file = directory.resolve("reports").resolve("r.json");
    report.write(file);
    JsonNode written = new ObjectMapper().readTree(file.toFile());
    assertThat(written.required("passed").asBoolean()).isTrue();
    assertThat(written.required("workload").required("name").asText()).isEqualTo("test");
    assertThat(written.required("machine").required("cores").asInt()).isPositive();
  }

  /** The launcher's program on this test's class path: the script would build first. */
  private static List<String> nescio() {
    return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx3g",
        "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "--add-modules",
        "jdk.incubator.vector", "-cp", System.getProperty("java.class.path"), "dev.nescio.standalone.Nescio");
  }
}
