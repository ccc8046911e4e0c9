package dev.nescio.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.model.hub.DefaultModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole demo on the real model, with few questions and one epoch. */
class DemoTest {

  private static final int QUESTIONS = 80;
  private static final Path CACHE =
      Path.of(System.getProperty("nescio.cache", System.getProperty("user.home") + "/.cache/nescio"));

  @TempDir private Path directory;

  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void aSmallDemoClosesItsAccountingAndReportsEverything() throws IOException {
    requireModel();
    Path file = directory.resolve("r.json");

    Ran ran =
        Ran.nescio(
            "demo", "--questions", QUESTIONS, "--port", 0, "--state", directory.resolve("state"), "--cache", CACHE,
            "--report", file, "--tune", "epochs=1");

    assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
    assertThat(ran.err()).isEmpty();
    JsonNode report = new ObjectMapper().readTree(file.toFile());
    JsonNode configuration = report.path("configuration");
    int calibration = configuration.path("calibration").asInt();
    int questions = configuration.path("report").asInt();
    assertThat(calibration + questions + configuration.path("training").asInt() + configuration.path("gate").asInt())
        .isEqualTo(QUESTIONS);

    accountingIsClosed(report, calibration + questions);
    recordsOfTheTopicsAgree(report.path("records_per_topic"), calibration + questions);
    theGateRefusesForTooFewQuestions(report, configuration.path("gate").asInt());
    theTableHasEveryRow(report.path("table"), questions);
    assertThat(ran.out())
        .contains("Report questions through " + report.path("release").path("version").asText() + ", refused")
        .contains("on channel shadow", "Closing table", "learned answer form", "Adapter: ")
        .contains("Accounting closed: every label and every answer is in exactly one class.");
    assertThat(directory.resolve("state/demo/artifacts").resolve(report.path("release").path("location").asText()))
        .isDirectoryContaining("glob:**adapter_model.safetensors");
  }

  private static void accountingIsClosed(JsonNode report, int answers) {
    JsonNode accounting = report.path("accounting");
    assertThat(accounting.path("closed").asBoolean()).isTrue();
    assertThat(accounting.path("answersRead").asInt()).isEqualTo(answers);
    assertThat(sum(accounting.path("answers"))).isEqualTo(answers);
    assertThat(sum(accounting.path("labels"))).isEqualTo(accounting.path("labelsRead").asInt());
  }

  private static void recordsOfTheTopicsAgree(JsonNode records, int asked) {
    assertThat(records.path("qa.questions.v1").asInt()).isEqualTo(asked);
    assertThat(records.path("qa.answers.v1").asInt() + records.path("qa.dlq.v1").asInt()).isEqualTo(asked);
    assertThat(records.path("qa.labels.v1").asInt()).isEqualTo(records.path("qa.answers.v1").asInt());
    assertThat(records.path("qa.references.v1").asInt()).isEqualTo(QUESTIONS);
    assertThat(records.path("qa.training-requests.v1").asInt()).isEqualTo(1);
  }

  private static void theGateRefusesForTooFewQuestions(JsonNode report, int gateQuestions) {
    JsonNode gate = report.path("gate");
    assertThat(gate.path("promoted").asBoolean(true)).isFalse();
    assertThat(gate.path("n").asInt()).isEqualTo(gateQuestions);
    assertThat(gate.path("reason").asText()).contains(Integer.toString(gateQuestions)).contains("50");
    assertThat(report.path("release").path("state").asText()).isEqualTo("REFUSED");
    assertThat(report.path("night").findValuesAsText("step")).hasSizeGreaterThanOrEqualTo(6).doesNotHaveDuplicates();
    for (String digest : List.of("base", "adapter", "model", "dataset")) {
      assertThat(report.path("digests").path(digest).asText()).as(digest).hasSizeGreaterThanOrEqualTo(16);
    }
  }

  private static void theTableHasEveryRow(JsonNode table, int questions) {
    for (String row : List.of("base zero-shot", "base three-shot", "candidate")) {
      JsonNode accuracy = table.path(row).path("all").path("acc lenient");
      assertThat(accuracy.path("n").asInt()).as(row).isEqualTo(questions);
      assertThat(accuracy.path("value").asDouble(-1)).as(row).isBetween(0.0, 1.0);
      assertThat(accuracy.path("low").asDouble()).isLessThanOrEqualTo(accuracy.path("high").asDouble());
      assertThat(table.path(row).size()).as("relations of " + row).isGreaterThan(1);
    }
  }

  private static int sum(JsonNode counts) {
    int sum = 0;
    for (JsonNode count : counts) sum += count.asInt();
    return sum;
  }

  private static void requireModel() {
    try {
      new DefaultModel().resolve(CACHE);
    } catch (IOException e) {
      abort("SKIPPED, needs SmolLM2-135M-Instruct: " + e.getMessage());
    }
  }
}
