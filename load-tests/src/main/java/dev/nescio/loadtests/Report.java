package dev.nescio.loadtests;

import java.nio.file.Path;
import java.util.List;

/**
 * What a run has shown.
 *
 * @param passed      true when {@code failures} is empty
 * @param failures    why the workload failed, one line each
 * @param workload    what was asked for
 * @param machine     where
 * @param startedAt   ISO-8601, when the first question was due
 * @param seconds     from then until the last answer was waited for
 * @param exactlyOnce every question has exactly one answer
 * @param outcome     what became of the questions
 * @param timings     of the measured ones
 * @param throughput  answers a second
 * @param restarts    the kills
 * @param audit       figures of evaluation against a batch computation; null when answers were not graded
 */
record Report(
    boolean passed, List<String> failures, Workload workload, Machine machine, String startedAt, double seconds,
    boolean exactlyOnce, Ledger.Outcome outcome, Ledger.Timings timings, Throughput throughput, List<Restart> restarts,
    Audit.Result audit) {

  Report {
    failures = List.copyOf(failures);
    restarts = List.copyOf(restarts);
  }

  /**
   * A kill.
   *
   * @param atSeconds   after the start
   * @param downSeconds until the system was up again
   * @param askedAgain  questions that the broker had not acknowledged and did not have
   */
  record Restart(double atSeconds, double downSeconds, int askedAgain) {}

  /** @throws LoadTestException when the file cannot be written */
  void write(Path file) {
    ReportFile.write(file, this);
  }
}
