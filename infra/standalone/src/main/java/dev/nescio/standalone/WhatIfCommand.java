package dev.nescio.standalone;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.nescio.evaluation.LabelledLog;
import dev.nescio.evaluation.WhatIf;
import dev.nescio.grading.Graders;
import dev.nescio.metrics.CalibrationSummary;
import dev.nescio.metrics.Estimate;
import dev.nescio.metrics.Metric;
import dev.nescio.metrics.Metrics;
import dev.nescio.schemas.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Another policy over the recorded answers. */
@Command(
    name = "what-if",
    mixinStandardHelpOptions = true,
    description = "Decides the recorded answers anew under another threshold, estimator or calibrator, without asking a"
        + " model, and prints the figures beside what happened.")
final class WhatIfCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final List<String> SHOWN = List.of("accuracy", "answered_accuracy", "coverage", "a_fpr",
      "idk_precision", "idk_recall", "naupc", "ece:bins=10", "answered_ece:bins=10", "brier", "auroc");
  private static final List<String> CURVE =
      List.of("a_fpr", "coverage", "answered_accuracy", "ece:bins=10", "answered_ece:bins=10");

  /** How the result is written. */
  enum Format {
    TEXT,
    JSON
  }

  @Mixin private StateOptions options;

  @Option(names = "--policy", required = true, paramLabel = "FILE",
      description = "JSON object: estimator, and as wanted idkMode, thresholdScore, thresholdTarget, alpha, delta, tau,"
          + " calibrator (refit, recorded or {method, parameters}), minLabels.")
  private Path policy;

  @Option(names = "--from", paramLabel = "TIME",
      description = "First answer, as 2026-01-31 or 2026-01-31T12:00:00Z (default: the first there is).")
  private String from;

  @Option(names = "--to", paramLabel = "TIME", description = "Answers before then (default: now).")
  private String to;

  @Option(names = "--grader", paramLabel = "NAME", description = "Of the labels; a part of metric names.")
  private String grader = Graders.DEFAULT.name();

  @Option(names = "--tenant", description = "Answers of this tenant only.")
  private String tenant;

  @Option(names = "--domain", description = "Answers of this domain only.")
  private String domain;

  @Option(names = "--model-version", paramLabel = "VERSION", description = "Answers of this model only.")
  private String modelVersion;

  @Mixin private Connection connection;

  @Option(names = "--format", defaultValue = "TEXT",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Format format;

  @Option(names = "--output", paramLabel = "FILE", description = "Writes there instead of printing.")
  private Path output;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    WhatIf whatIf = WhatIfPolicy.read(policy);
    Instant first = time("--from", from, Instant.EPOCH);
    Instant end = time("--to", to, Instant.now());
    if (!first.isBefore(end)) throw new UserError("--from " + first + " is not before --to " + end);
    RecordedAnswers recorded = RecordedAnswers.read(connection.ends(options), answer -> chosen(answer, first, end));
    List<LabelledLog.Entry> entries = recorded.entries();
    if (recorded.undecodable() > 0) {
      spec.commandLine().getErr().println(recorded.undecodable() + " records could not be read and were left out");
    }
    WhatIf.Result result = whatIf.over(entries, answer -> recorded.score(answer, whatIf.estimator()));
    if (result.happened().outcomes().n() == 0) {
      throw new UserError("no labelled answers between " + first + " and " + end + " (" + result.answers() + " answers, "
          + result.unlabelled() + " without a label)");
    }
    if (!whatIf.recorded() && result.unscored() == result.answers()) {
      throw new UserError("no answer has a score of \"" + whatIf.estimator() + "\", nor evidence to compute it from; scores of "
          + recorded.recordedScores() + " were recorded");
    }
    write(format == Format.JSON ? json(whatIf, result) : text(whatIf, result));
    return 0;
  }

  private boolean chosen(Answer answer, Instant first, Instant end) {
    return !answer.getAnsweredAt().isBefore(first) && answer.getAnsweredAt().isBefore(end)
        && (tenant == null || tenant.equals(answer.getTenant()))
        && (domain == null || domain.equals(answer.getDomain()))
        && (modelVersion == null || modelVersion.equals(answer.getModelVersion()));
  }

  private String text(WhatIf whatIf, WhatIf.Result result) {
    StringBuilder out = new StringBuilder();
    out.append(String.format(Locale.ROOT, "%d labelled of %d answers; %d without a score of %s; %d fits%n%n",
        result.happened().outcomes().n(), result.answers(), result.unscored(), whatIf.estimator(), result.fits()));
    out.append(String.format("%-44s %-26s %s%n", "metric", "happened", "what if"));
    for (Metric<CalibrationSummary> metric : metrics(SHOWN)) {
      out.append(String.format("%-44s %-26s %s%n", metric.name(), shown(metric.of(result.happened())),
          shown(metric.of(result.instead()))));
    }
    out.append(String.format("%nflagged above (%s)%n", whatIf.score().label()));
    out.append(String.format("%10s", "tau"));
    List<Metric<CalibrationSummary>> columns = metrics(CURVE);
    for (Metric<CalibrationSummary> column : columns) {
      out.append(String.format(" %18s", column.name().replaceAll(":.*", "")));
    }
    out.append(System.lineSeparator());
    for (WhatIf.Point point : result.curve()) {
      out.append(String.format(Locale.ROOT, "%10.6f", point.tau()));
      for (Metric<CalibrationSummary> column : columns) {
        out.append(String.format(Locale.ROOT, " %18s", column.of(point.summary())
            .map(estimate -> String.format(Locale.ROOT, "%.4f", estimate.value())).orElse("-")));
      }
      out.append(System.lineSeparator());
    }
    return out.toString();
  }

  private String json(WhatIf whatIf, WhatIf.Result result) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("answers", result.answers());
    all.put("labelled", result.happened().outcomes().n());
    all.put("unlabelled", result.unlabelled());
    all.put("unscored", result.unscored());
    all.put("fits", result.fits());
    all.put("happened", figures(result.happened()));
    all.put("whatIf", figures(result.instead()));
    List<Map<String, Object>> curve = new ArrayList<>();
    for (WhatIf.Point point : result.curve()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("tau", point.tau());
      for (Metric<CalibrationSummary> metric : metrics(CURVE)) {
        row.put(metric.name(), metric.of(point.summary()).map(Estimate::value).orElse(null));
      }
      curve.add(row);
    }
    all.put("score", whatIf.score().label());
    all.put("curve", curve);
    try {
      return JSON.writeValueAsString(all) + System.lineSeparator();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("plain maps can be written as JSON", e);
    }
  }

  private Map<String, Estimate> figures(CalibrationSummary summary) {
    Map<String, Estimate> figures = new LinkedHashMap<>();
    for (Metric<CalibrationSummary> metric : Metrics.all(grader)) {
      metric.of(summary).ifPresent(estimate -> figures.put(metric.name(), estimate));
    }
    return figures;
  }

  /** In the order of the prefixes, each of which names one metric. */
  private List<Metric<CalibrationSummary>> metrics(List<String> prefixes) {
    List<Metric<CalibrationSummary>> all = Metrics.all(grader);
    return prefixes.stream().map(prefix -> all.stream()
        .filter(metric -> metric.name().equals(prefix) || metric.name().startsWith(prefix + ":")).findFirst()
        .orElseThrow(() -> new IllegalStateException("no metric is called " + prefix))).toList();
  }

  private static String shown(Optional<Estimate> estimate) {
    return estimate.map(e -> String.format(Locale.ROOT, "%.4f [%.4f, %.4f]", e.value(), e.low(), e.high())).orElse("-");
  }

  private void write(String text) {
    if (output == null) {
      spec.commandLine().getOut().print(text);
      spec.commandLine().getOut().flush();
      return;
    }
    try {
      Files.writeString(output, text);
    } catch (IOException e) {
      throw new UserError("cannot write " + output + ": " + e.getMessage(), e);
    }
  }

  /** A time, or a day: its first moment in UTC. */
  private static Instant time(String option, String text, Instant otherwise) {
    if (text == null) return otherwise;
    try {
      return Instant.parse(text.contains("T") ? text : text + "T00:00:00Z");
    } catch (DateTimeParseException e) {
      throw new UserError(option + " is a time like 2026-01-31T00:00:00Z or a day like 2026-01-31, not \"" + text + "\"", e);
    }
  }
}
