package dev.nescio.standalone;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.schemas.Accounting;
import dev.nescio.schemas.GateReport;
import dev.nescio.schemas.MetricValue;
import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.TrainingProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Everything a demo measured, as JSON: nothing in it was computed for it alone. */
final class DemoReport {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Object> root = new LinkedHashMap<>();
  private final Map<String, Double> durations = new LinkedHashMap<>();
  private final Map<String, Object> generated = new LinkedHashMap<>();

  DemoReport(Map<String, Object> configuration) {
    root.put("configuration", configuration);
    root.put("durations_seconds", durations);
    root.put("generated", generated);
  }

  /** Notes the speed of a part that generated tokens and has ended. */
  void generated(String part, long tokens) {
    Map<String, Object> speed = new LinkedHashMap<>();
    speed.put("generated_tokens", tokens);
    speed.put("generated_tokens_per_second", tokens / durations.get(part));
    generated.put(part, speed);
  }

  /** Runs a part and notes how long it took. */
  void timed(String name, Runnable part) {
    long start = System.nanoTime();
    try {
      part.run();
    } finally {
      durations.put(name, (System.nanoTime() - start) / 1e9);
    }
  }

  void note(String name, Object value) {
    root.put(name, value);
  }

  void night(List<TrainingProgress> steps, ModelRelease release) {
    List<Object> list = new ArrayList<>();
    for (TrainingProgress step : steps) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("step", step.getStep());
      one.put("state", step.getState().name());
      one.put("message", step.getMessage());
      one.put("figures", new TreeMap<>(step.getFigures()));
      list.add(one);
    }
    root.put("night", list);
    Map<String, Object> digests = new LinkedHashMap<>();
    digests.put("base", release.getBaseDigest());
    digests.put("adapter", release.getAdapterDigest());
    digests.put("model", release.getModelDigest());
    digests.put("dataset", release.getDatasetDigest());
    root.put("digests", digests);
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("version", release.getVersion());
    described.put("state", release.getState().name());
    described.put("location", release.getLocation());
    described.put("recipe", new TreeMap<>(release.getRecipe()));
    root.put("release", described);
    root.put("gate", gate(release.getGateReport()));
  }

  void table(ClosingTable table) {
    root.put("table", table.json());
  }

  void accounting(Map<String, Accounting> partitions) {
    Map<String, Object> json = new LinkedHashMap<>();
    Map<String, Long> labels = new TreeMap<>();
    Map<String, Long> answers = new TreeMap<>();
    long labelsRead = 0;
    long answersRead = 0;
    boolean closed = true;
    for (Accounting one : partitions.values()) {
      if (one.getPartition().equals("*")) continue;
      one.getLabels().forEach((name, count) -> labels.merge(name, count, Long::sum));
      one.getAnswers().forEach((name, count) -> answers.merge(name, count, Long::sum));
      labelsRead += one.getLabelsRead();
      answersRead += one.getAnswersRead();
      closed &= one.getClosed();
    }
    json.put("closed", closed
        && labels.values().stream().mapToLong(Long::longValue).sum() == labelsRead
        && answers.values().stream().mapToLong(Long::longValue).sum() == answersRead);
    json.put("labels", labels);
    json.put("labelsRead", labelsRead);
    json.put("answers", answers);
    json.put("answersRead", answersRead);
    root.put("accounting", json);
  }

  /** True when the sums of invariant 1 hold over all partitions. */
  boolean accountingClosed() {
    return root.get("accounting") instanceof Map<?, ?> map && Boolean.TRUE.equals(map.get("closed"));
  }

  /** @throws UserError when a report could not be written there: said before the work that it reports on */
  static void requireWritable(Path file) {
    if (Files.isDirectory(file)) throw unwritable(file, "it is a directory", null);
    try {
      Files.deleteIfExists(newPart(file));
    } catch (IOException e) {
      throw unwritable(file, Failures.reason(e), e);
    }
  }

  /** Replaces the file as a whole: whoever reads it sees the old report or the new one. */
  void writeTo(Path file) {
    try {
      Path part = newPart(file);
      try {
        JSON.writerWithDefaultPrettyPrinter().writeValue(part.toFile(), root);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw unwritable(file, Failures.reason(e), e);
    }
  }

  private static Path newPart(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    Files.createDirectories(directory);
    return Files.createTempFile(directory, ".report", ".part");
  }

  private static UserError unwritable(Path file, String why, Throwable cause) {
    return new UserError("cannot write the report to " + file + ": " + why + "; choose another with --report", cause);
  }

  private static Map<String, Object> gate(GateReport gate) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("promoted", gate.getPromoted());
    json.put("reason", gate.getReason());
    json.put("rule", gate.getRule());
    json.put("n", gate.getN());
    json.put("champion", gate.getChampion());
    json.put("championMetrics", metrics(gate.getChampionMetrics()));
    json.put("candidateMetrics", metrics(gate.getCandidateMetrics()));
    json.put("paired", metrics(gate.getPaired()));
    return json;
  }

  private static Map<String, Object> metrics(List<MetricValue> values) {
    Map<String, Object> json = new LinkedHashMap<>();
    for (MetricValue m : values) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("value", m.getValue());
      one.put("n", m.getN());
      one.put("low", m.getLow());
      one.put("high", m.getHigh());
      json.put(m.getName(), one);
    }
    return json;
  }
}
