package dev.nescio.loadtests.kill;

import dev.nescio.loadtests.LoadTestException;
import dev.nescio.loadtests.Machine;
import dev.nescio.loadtests.ReportFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What all runs have shown.
 *
 * @param passed            no run and no reading of the whole log at the end found a deviation
 * @param machine           where
 * @param questionsARun     asked in each run
 * @param runs              in their order
 * @param commitRuns        runs that aimed at a transaction
 * @param commitRunsWithin  of these, those whose signal fell into one
 * @param loadedRunsWithin  runs under load whose signal fell into one
 * @param sleepers          processes that were stopped
 * @param sleepersFenced    of these, those that were replaced while they slept
 * @param sleepersRefused   stopped apps whose own log says that the brokers refused them
 * @param end               the whole log at the end
 */
record KillReport(
    boolean passed, Machine machine, int questionsARun, List<KillRecord> runs, long commitRuns, long commitRunsWithin,
    long loadedRunsWithin, long sleepers, long sleepersFenced, long sleepersRefused, Kills.Outcome end) {

  static KillReport of(Machine machine, int questions, List<KillRecord> runs, Kills.Outcome end) {
    boolean passed = runs.stream().allMatch(KillRecord::passed) && end.result().clean() && end.hangingOffsets() == 0;
    return new KillReport(passed, machine, questions, List.copyOf(runs),
        runs.stream().filter(run -> run.what().moment() == KillCase.Moment.COMMIT).count(),
        runs.stream().filter(run -> run.what().moment() == KillCase.Moment.COMMIT && run.withinTransaction()).count(),
        runs.stream().filter(run -> run.what().moment() == KillCase.Moment.LOADED && run.withinTransaction()).count(),
        runs.stream().filter(run -> run.fenced() != null).count(),
        runs.stream().filter(run -> Boolean.TRUE.equals(run.fenced())).count(),
        runs.stream().filter(run -> Boolean.TRUE.equals(run.refused())).count(), end);
  }

  /** For people. */
  String text() {
    KillRecord last = runs.getLast();
    return String.format(Locale.ROOT,
        "%s: %d runs, %d questions and %d label records; %d of %d aimed at a transaction fell into one, and %d of those"
            + " under load; %d of %d sleepers fenced (%d apps say themselves that they were refused)%n"
            + "whole log : %d lost, %d twice, %d of %d figures differ, %d records of aborted transactions never shown,"
            + " %d offsets behind open transactions%n"
            + "recovery  : median %.1f s, longest %.1f s%s",
        passed ? "passed" : "FAILED", runs.size(), last.questions(), last.labels(), commitRunsWithin, commitRuns,
        loadedRunsWithin, sleepersFenced, sleepers, sleepersRefused, end.result().lost(), end.result().twice(),
        end.result().differences().size(), end.result().compared(), end.hiddenRecords(), end.hangingOffsets(),
        quantile(KillRecord::recoverySeconds, 0.5), quantile(KillRecord::recoverySeconds, 1),
        passed ? "" : String.format(Locale.ROOT, "%nrepeat with: load-tests/kill-matrix --runs 1 --seed %d",
            last.what().seed()));
  }

  private double quantile(ToDoubleFunction<KillRecord> figure, double share) {
    double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
    return sorted[(int) Math.ceil(share * sorted.length) - 1];
  }

  /** @throws LoadTestException when the file cannot be written */
  void write(Path file) {
    ReportFile.write(file, this);
  }
}
