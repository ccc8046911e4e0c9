package dev.nescio.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.metrics.CalibrationSummary;
import dev.nescio.metrics.Metrics;
import dev.nescio.metrics.Observation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsCommandTest {

  private static final Path DOCUMENTATION = Path.of("..", "..", "streams", "metrics", "README.md");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  @Test
  void theDocumentedExampleRunsAndPrintsWhatIsDocumented() throws IOException {
    String documentation = Files.readString(DOCUMENTATION);
    Path file = write("answers.jsonl", block(documentation, "json"));
    Ran ran = Ran.nescio("metrics", file);
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out().lines()).containsAll(block(documentation, "text").lines().toList());
  }

  @Test
  void theNumbersAreThoseOfTheSummaries() throws IOException {
    Random random = new Random(1);
    CalibrationSummary expected = new CalibrationSummary();
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      double confidence = random.nextDouble();
      boolean correct = random.nextDouble() < confidence;
      boolean idk = random.nextInt(4) == 0;
      lines.add("{\"confidence\": " + confidence + ", \"correct\": " + correct + ", \"idk\": " + idk + "}");
      expected.add(new Observation(
          OptionalInt.of(Observation.units(confidence)), OptionalInt.empty(), correct, idk, false));
    }
    Path output = directory.resolve("metrics.json");
    Ran ran = Ran.nescio("metrics", write("a.jsonl", String.join("\n", lines)), "--format", "json", "--output", output,
        "--grader", "lenient");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out()).isEmpty();
    JsonNode rows = JSON.readTree(output.toFile()).path("slices").path(0).path("metrics");
    var metrics = Metrics.all("lenient");
    assertThat(rows.size()).isGreaterThan(metrics.size());
    for (int i = 0; i < metrics.size(); i++) {
      assertThat(rows.path(i).path("name").textValue()).isEqualTo(metrics.get(i).name());
      var estimate = metrics.get(i).of(expected);
      assertThat(rows.path(i).path("value").isNull()).as(metrics.get(i).name()).isEqualTo(estimate.isEmpty());
      if (estimate.isEmpty()) continue;
      assertThat(rows.path(i).path("value").doubleValue()).isEqualTo(estimate.get().value());
      assertThat(rows.path(i).path("low").doubleValue()).isEqualTo(estimate.get().low());
      assertThat(rows.path(i).path("high").doubleValue()).isEqualTo(estimate.get().high());
      assertThat(rows.path(i).path("n").longValue()).isEqualTo(estimate.get().n());
    }
  }

  @Test
  void badLinesAreNamedAndTheOthersCounted() throws IOException {
    Path file = write("bad.jsonl", """
        {"confidence": 0.8, "correct": true}
        {"confidence": 1.8, "correct": true}
        {"confidence": 0.8}

        {"confidense": 0.8, "correct": true}
        {"correct": true, "answerable": false}
        not json
        """);
    Ran ran = Ran.nescio("metrics", file);
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).contains("all: 1 answers, 1 labelled");
    assertThat(ran.err().lines().toList()).satisfiesExactly(
        line -> assertThat(line).startsWith(file + ":2: field \"confidence\": is 1.8"),
        line -> assertThat(line).startsWith(file + ":3: field \"correct\": is missing"),
        line -> assertThat(line).startsWith(file + ":5: field \"confidense\": is not known"),
        line -> assertThat(line).startsWith(file + ":6: field \"correct\""),
        line -> assertThat(line).startsWith(file + ":7: the line is not JSON"),
        line -> assertThat(line).isEqualTo("5 bad lines were left out"));
  }

  @Test
  void whatIsUndefinedIsListedWithTheReason() throws IOException {
    Ran ran = Ran.nescio("metrics", write("few.jsonl", """
        {"confidence": 0.8, "correct": true, "slice": "a"}
        {"correct": true, "slice": "b"}
        {"correct": null, "slice": "c"}
        """), "--format", "json");
    assertThat(ran.code()).as(ran.err()).isZero();
    JsonNode slices = JSON.readTree(ran.out()).path("slices");
    assertThat(reason(slices.path(0), "auroc:")).contains("answers of both verdicts");
    assertThat(reason(slices.path(0), "auroc_p_idk:")).isEqualTo("no labelled line has \"pIdk\"");
    assertThat(reason(slices.path(0), "ece_audit:")).isEqualTo("no labelled line has \"audited\": true");
    assertThat(reason(slices.path(0), "idk_score")).isEqualTo("no line has \"answerable\": false");
    assertThat(reason(slices.path(0), "label_delay_seconds:")).isEqualTo("no labelled line has \"delaySeconds\"");
    assertThat(reason(slices.path(2), "brier:")).isEqualTo("no labelled line has \"confidence\"");
    assertThat(reason(slices.path(3), "accuracy:")).isEqualTo("no line has a verdict");
    assertThat(reason(slices.path(0), "accuracy:")).as("defined").isNull();
  }

  private static String reason(JsonNode slice, String prefix) {
    for (JsonNode row : slice.path("metrics")) {
      if (row.path("name").asText().startsWith(prefix)) return row.path("reason").textValue();
    }
    throw new AssertionError("no metric " + prefix);
  }

  @Test
  void twoModelsAreComparedByQuestion() throws IOException {
    Path before = write("before.jsonl", """
        {"id": "a", "correct": true}
        {"id": "b", "correct": false}
        {"id": "c", "correct": false}
        {"id": "only-here", "correct": true}
        """);
    Path after = write("after.jsonl", """
        {"id": "c", "correct": false}
        {"id": "a", "correct": true}
        {"id": "b", "correct": false, "idk": true}
        """);
    Ran ran = Ran.nescio("metrics", after, "--compare", before, "--format", "json");
    assertThat(ran.code()).as(ran.err()).isZero();
    JsonNode comparison = JSON.readTree(ran.out()).path("comparison");
    assertThat(comparison.path("paired").intValue()).isEqualTo(3);
    assertThat(comparison.path("unpaired").intValue()).isEqualTo(1);
    // One of two unknown is flagged, the known one is not: (.5 + 1 - 0)/2.
    assertThat(comparison.path("metrics").path(0).path("name").textValue()).isEqualTo("honesty");
    assertThat(comparison.path("metrics").path(0).path("value").doubleValue()).isEqualTo(.75);
    assertThat(Ran.nescio("metrics", after, "--compare", before).out()).contains("against " + before + ": 3 questions");
  }

  @Test
  void filesThatCannotBeComparedAreRefused() throws IOException {
    Path plain = write("plain.jsonl", "{\"correct\": true}\n");
    Path twice = write("twice.jsonl", "{\"id\": \"a\", \"correct\": true}\n{\"id\": \"a\", \"correct\": true}\n");
    assertThat(Ran.nescio("metrics", plain, "--compare", plain).err()).contains("no labelled question in common");
    assertThat(Ran.nescio("metrics", plain, "--compare", twice).err()).contains("the id \"a\" stands twice");
    assertThat(Ran.nescio("metrics", plain, "--compare", twice).code()).isEqualTo(1);
  }

  @Test
  void aFileThatIsNotThereOrEmptyIsNamed() throws IOException {
    Ran missing = Ran.nescio("metrics", directory.resolve("none.jsonl"));
    assertThat(missing.code()).isEqualTo(1);
    assertThat(missing.err()).contains("There is no data file " + directory.resolve("none.jsonl"));
    assertThat(Ran.nescio("metrics", write("empty.jsonl", "")).err()).contains("is empty");
    assertThat(Ran.nescio("metrics").code()).isEqualTo(2);
  }

  @Test
  void helpGivesTheFormat() {
    Ran ran = Ran.nescio("metrics", "--help");
    assertThat(ran.code()).isZero();
    assertThat(ran.out()).contains("Usage: nescio metrics", "\"confidence\"", "--compare");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  /** The first fenced block of a language. */
  private static String block(String documentation, String language) {
    String fence = "```" + language + "\n";
    int start = documentation.indexOf(fence) + fence.length();
    return documentation.substring(start, documentation.indexOf("```", start));
  }
}
