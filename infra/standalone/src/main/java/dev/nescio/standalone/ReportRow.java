package dev.nescio.standalone;

import dev.nescio.metrics.CalibrationSummary;
import dev.nescio.trainer.service.FittedRow;
import dev.nescio.trainer.service.GradedAnswer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One row of the closing table.
 *
 * @param name      for example {@code base zero-shot}
 * @param all       over all report questions
 * @param relations over the questions of each relation, by its name
 */
record ReportRow(String name, Scores all, Map<String, Scores> relations) {

  ReportRow {
    relations = Map.copyOf(relations);
  }

  /**
   * What metrics are computed from.
   *
   * @param lenient correctness by the headline grader
   * @param strict  correctness by the strict grader
   */
  record Scores(CalibrationSummary lenient, CalibrationSummary strict) {

    private static Scores empty() {
      return new Scores(new CalibrationSummary(), new CalibrationSummary());
    }

    private void add(GradedAnswer answer, FittedRow fit) {
      lenient.add(fit.observe(answer, ClosingTable.LENIENT));
      strict.add(fit.observe(answer, ClosingTable.STRICT));
    }
  }

  /** @param fit fitted on the calibration answers of the same model and prompt, never on these */
  static ReportRow of(String name, List<GradedAnswer> answers, FittedRow fit) {
    Scores all = Scores.empty();
    Map<String, Scores> relations = new TreeMap<>();
    for (GradedAnswer answer : answers) {
      all.add(answer, fit);
      answer.item().relation().ifPresent(
          relation -> relations.computeIfAbsent(relation, r -> Scores.empty()).add(answer, fit));
    }
    return new ReportRow(name, all, relations);
  }
}
