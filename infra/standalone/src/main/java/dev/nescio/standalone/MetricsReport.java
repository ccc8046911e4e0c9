package dev.nescio.standalone;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.nescio.metrics.Direction;
import dev.nescio.metrics.Estimate;
import dev.nescio.metrics.NamedEstimate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What {@code nescio metrics} prints, as JSON as it stands.
 *
 * @param file       name of the file
 * @param grader     name under which the verdicts go
 * @param badLines   lines that could not be used
 * @param slices     all lines first, then slices by name and value
 * @param comparison with another file; left out without
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record MetricsReport(String file, String grader, long badLines, List<Slice> slices, Comparison comparison) {

  /**
   * @param slice        {@code all}, or name and value
   * @param answers      lines
   * @param labelled     of these with a verdict
   * @param unanswerable of these whose question has no answer
   */
  record Slice(String slice, long answers, long labelled, long unanswerable, List<Row> metrics) {

    static Slice of(String name, FileFigures figures, String grader) {
      return new Slice(name, figures.answers(), figures.labelled(), figures.unanswerable(),
          figures.all(grader).stream().map(figure -> Row.of(figure, figures.reason(figure.name()))).toList());
    }
  }

  /**
   * @param before   the other file, of the model before
   * @param paired   questions that stand in both with a verdict
   * @param unpaired lines of either file without a partner
   */
  record Comparison(String before, long paired, long unpaired, List<Row> metrics) {}

  /** A metric; without value, interval and n when it is undefined, and with the reason then. */
  record Row(String name, Double value, Double low, Double high, Long n, String better,
      @JsonInclude(JsonInclude.Include.NON_NULL) String reason) {

    /** @param reason for when it is undefined */
    static Row of(NamedEstimate figure, String reason) {
      Estimate e = figure.estimate().orElse(null);
      String better = switch (figure.direction()) {
        case Direction.HIGHER_IS_BETTER -> "higher";
        case Direction.LOWER_IS_BETTER -> "lower";
        case Direction.NEITHER -> null;
      };
      return e == null
          ? new Row(figure.name(), null, null, null, null, better, reason)
          : new Row(figure.name(), e.value(), e.low(), e.high(), e.n(), better, null);
    }
  }

  /** For people: a block a slice, one metric a line; the undefined ones are named at the end of their block. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (Slice slice : slices) {
      text.append(String.format(Locale.ROOT, "%s: %d answers, %d labelled%s%n", slice.slice(), slice.answers(),
          slice.labelled(), slice.unanswerable() == 0 ? "" : ", " + slice.unanswerable() + " without an answer"));
      append(text, slice.metrics());
    }
    if (comparison != null) {
      text.append(String.format(Locale.ROOT, "against %s: %d questions in both, %d lines without a partner%n",
          comparison.before(), comparison.paired(), comparison.unpaired()));
      append(text, comparison.metrics());
    }
    return text.toString();
  }

  private static void append(StringBuilder text, List<Row> rows) {
    for (Row row : rows) {
      if (row.value() == null) continue;
      text.append(String.format(Locale.ROOT, "  %-58s %10.4f  [%.4f, %.4f]  n=%d%n",
          row.name(), row.value(), row.low(), row.high(), row.n()));
    }
    Map<String, List<String>> undefined = rows.stream().filter(row -> row.value() == null)
        .collect(Collectors.groupingBy(Row::reason, LinkedHashMap::new, Collectors.mapping(Row::name, Collectors.toList())));
    undefined.forEach((reason, names) -> text.append("  undefined, as ").append(reason).append(": ")
        .append(String.join(", ", names)).append(System.lineSeparator()));
  }
}
