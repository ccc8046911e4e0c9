package dev.nescio.standalone;

import dev.nescio.metrics.CalibrationSummary;
import dev.nescio.metrics.Estimate;
import dev.nescio.metrics.Metric;
import dev.nescio.metrics.MetricNames;
import dev.nescio.metrics.Metrics;
import dev.nescio.standalone.ReportRow.Scores;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/** The table at the end of the demo: a row for each way of answering, a column for each metric. */
final class ClosingTable {

  static final String LENIENT = "lenient";
  static final String STRICT = "strict";

  /** Most columns that fit beside each other. */
  private static final int COLUMNS_A_BLOCK = 5;

  /** A column: its heading, the metric's whole name, and which summary it reads. */
  private record Column(String heading, Metric<CalibrationSummary> metric, Function<Scores, CalibrationSummary> summary) {

    static Column lenient(String heading, String metric) {
      return new Column(heading, Metrics.named(MetricNames.of(metric, LENIENT), LENIENT), Scores::lenient);
    }

    Optional<Estimate> of(Scores scores) {
      return metric.of(summary.apply(scores));
    }
  }

  private static final List<Column> COLUMNS =
      List.of(
          Column.lenient("acc lenient", MetricNames.ACCURACY),
          new Column(
              "acc strict", Metrics.named(MetricNames.of(MetricNames.ACCURACY, STRICT), STRICT), Scores::strict),
          Column.lenient("IDK precision", MetricNames.IDK_PRECISION),
          Column.lenient("IDK recall", MetricNames.IDK_RECALL),
          Column.lenient("IDK F1", MetricNames.IDK_F1),
          new Column(
              "IDK rate", Metrics.named(MetricNames.IDK_RATE, LENIENT), Scores::lenient),
          Column.lenient("A-FPR", MetricNames.A_FPR),
          Column.lenient("nAUPC %", MetricNames.NAUPC),
          Column.lenient("nAUPC/ceiling", MetricNames.NAUPC_OVER_CEILING),
          Column.lenient("ECE", MetricNames.ECE),
          Column.lenient("Brier", MetricNames.BRIER),
          Column.lenient("AUROC conf", MetricNames.AUROC),
          Column.lenient("AUROC p_idk", MetricNames.AUROC_P_IDK));

  /** For the single relations the terminal shows the columns that differ most; the report has all. */
  private static final List<String> RELATION_HEADINGS =
      List.of("acc lenient", "A-FPR", "IDK rate", "nAUPC/ceiling", "AUROC conf");

  private final List<ReportRow> rows;

  ClosingTable(List<ReportRow> rows) {
    this.rows = List.copyOf(rows);
  }

  /** Lines for a terminal: value, 95 % interval and n in every cell. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("Report questions (value [95 % interval] n; correctness: lenient grader unless said)");
    for (int from = 0; from < COLUMNS.size(); from += COLUMNS_A_BLOCK) {
      block(lines, COLUMNS.subList(from, Math.min(COLUMNS.size(), from + COLUMNS_A_BLOCK)), ReportRow::all);
    }
    List<Column> few = COLUMNS.stream().filter(c -> RELATION_HEADINGS.contains(c.heading())).toList();
    TreeSet<String> relations = new TreeSet<>();
    rows.forEach(row -> relations.addAll(row.relations().keySet()));
    for (String relation : relations) {
      lines.add("");
      lines.add("Relation " + relation);
      block(lines, few, row -> row.relations().get(relation));
    }
    return lines;
  }

  /** Everything, for the report: row, then {@code all} or relation, then column. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    for (ReportRow row : rows) {
      Map<String, Object> parts = new LinkedHashMap<>();
      parts.put("all", cells(row.all()));
      row.relations().forEach((relation, scores) -> parts.put(relation, cells(scores)));
      json.put(row.name(), parts);
    }
    return json;
  }

  private static Map<String, Object> cells(Scores scores) {
    Map<String, Object> cells = new LinkedHashMap<>();
    for (Column column : COLUMNS) {
      Map<String, Object> cell = new LinkedHashMap<>();
      cell.put("metric", column.metric().name());
      column.of(scores).ifPresent(e -> {
        cell.put("value", e.value());
        cell.put("n", e.n());
        cell.put("low", e.low());
        cell.put("high", e.high());
      });
      cells.put(column.heading(), cell);
    }
    return cells;
  }

  private void block(List<String> lines, List<Column> columns, Function<ReportRow, Scores> part) {
    StringBuilder heading = new StringBuilder("%-16s".formatted(""));
    columns.forEach(column -> heading.append("  %-21s".formatted(column.heading())));
    lines.add(heading.toString().stripTrailing());
    for (ReportRow row : rows) {
      StringBuilder line = new StringBuilder("%-16s".formatted(row.name()));
      Scores scores = part.apply(row);
      for (Column column : columns) {
        line.append("  %-21s".formatted(scores == null ? "-" : cell(column.of(scores))));
      }
      lines.add(line.toString().stripTrailing());
    }
  }

  private static String cell(Optional<Estimate> estimate) {
    return estimate
        .map(e -> "%s [%s,%s] %d".formatted(number(e.value()), number(e.low()), number(e.high()), e.n()))
        .orElse("undefined");
  }

  /** Two decimals and no leading zero for fractions, one decimal for percents. */
  private static String number(double value) {
    String text = Math.abs(value) < 1.5
        ? String.format(Locale.ROOT, "%.2f", value)
        : String.format(Locale.ROOT, "%.1f", value);
    return text.replaceFirst("^(-?)0\\.", "$1.");
  }
}
