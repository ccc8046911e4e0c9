package dev.nescio.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.schemas.Accounting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoReportTest {

  private final DemoReport report = new DemoReport(Map.of("seed", 7));

  @TempDir private Path directory;

  @Test
  void accountingAddsThePartitionsAndLeavesTheirSumOut() throws IOException {
    report.accounting(
        partitions(
            accounting("0", 3, Map.of("joined", 2L, "duplicate", 1L), 2, Map.of("labelled", 2L), true),
            accounting("1", 1, Map.of("joined", 1L), 2, Map.of("labelled", 1L, "error", 1L), true),
            accounting("*", 4, Map.of("joined", 3L, "duplicate", 1L), 4, Map.of("labelled", 3L, "error", 1L), true)));

    JsonNode json = written().path("accounting");
    assertThat(report.accountingClosed()).isTrue();
    assertThat(json.path("labelsRead").asLong()).isEqualTo(4);
    assertThat(json.path("labels").path("joined").asLong()).isEqualTo(3);
    assertThat(json.path("answersRead").asLong()).isEqualTo(4);
    assertThat(json.path("answers").path("error").asLong()).isEqualTo(1);
  }

  @Test
  void accountingIsNotClosedWhenASumIsOffOrAPartitionSaysSo() {
    report.accounting(partitions(accounting("0", 3, Map.of("joined", 2L), 2, Map.of("labelled", 2L), true)));
    assertThat(report.accountingClosed()).isFalse();

    report.accounting(partitions(accounting("0", 2, Map.of("joined", 2L), 3, Map.of("labelled", 2L), true)));
    assertThat(report.accountingClosed()).isFalse();

    report.accounting(partitions(accounting("0", 2, Map.of("joined", 2L), 2, Map.of("labelled", 2L), false)));
    assertThat(report.accountingClosed()).isFalse();
  }

  @Test
  void withoutAnyAccountingItIsNotClosed() {
    assertThat(report.accountingClosed()).isFalse();
  }

  @Test
  void aTimedPartIsNotedAlsoWhenItFails() throws IOException {
    assertThatThrownBy(
            () -> report.timed("night", () -> {
              throw new StoppedException();
            }))
        .isInstanceOf(StoppedException.class);
    assertThat(written().path("durations_seconds").path("night").asDouble(-1)).isNotNegative();
  }

  @Test
  void writingReplacesTheFileAndLeavesNothingElse() throws IOException {
    Path file = Files.writeString(directory.resolve("r.json"), "old");
    report.note("inference", Map.of("answers", 2.0));

    report.writeTo(file);

    JsonNode json = new ObjectMapper().readTree(file.toFile());
    assertThat(json.path("configuration").path("seed").asInt()).isEqualTo(7);
    assertThat(json.path("inference").path("answers").asDouble()).isEqualTo(2);
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void directoriesOnTheWayAreMade() {
    Path file = directory.resolve("a/b/r.json");
    report.writeTo(file);
    assertThat(file).isNotEmptyFile();
  }

  @Test
  void aPlaceThatCannotBeWrittenIsRefusedBeforeAndAfterTheWork() throws IOException {
    Path inTheWay = Files.writeString(directory.resolve("file"), "");
    Path file = inTheWay.resolve("r.json");

    assertThatThrownBy(() -> DemoReport.requireWritable(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cannot write the report to " + file)
        .hasMessageContaining("--report");
    assertThatThrownBy(() -> report.writeTo(file)).isInstanceOf(UserError.class).hasMessageContaining("--report");
    assertThatThrownBy(() -> DemoReport.requireWritable(directory))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("it is a directory");
  }

  @Test
  void lookingWhetherAPlaceCanBeWrittenLeavesTheOldReport() throws IOException {
    Path file = Files.writeString(directory.resolve("r.json"), "old");
    DemoReport.requireWritable(file);
    assertThat(file).hasContent("old");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  private JsonNode written() throws IOException {
    Path file = directory.resolve("written.json");
    report.writeTo(file);
    return new ObjectMapper().readTree(file.toFile());
  }

  private static Map<String, Accounting> partitions(Accounting... all) {
    Map<String, Accounting> partitions = new TreeMap<>();
    for (Accounting one : all) partitions.put(one.getPartition(), one);
    return partitions;
  }

  private static Accounting accounting(
      String partition, long labelsRead, Map<String, Long> labels, long answersRead, Map<String, Long> answers,
      boolean closed) {
    return Accounting.newBuilder()
        .setPartition(partition)
        .setLabels(labels)
        .setLabelsRead(labelsRead)
        .setAnswers(answers)
        .setAnswersRead(answersRead)
        .setClosed(closed)
        .setEmittedAt(Instant.EPOCH)
        .build();
  }
}
