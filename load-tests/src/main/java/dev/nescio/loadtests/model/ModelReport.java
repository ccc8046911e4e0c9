package dev.nescio.loadtests.model;

import dev.nescio.loadtests.LoadTestException;
import dev.nescio.loadtests.Machine;
import dev.nescio.loadtests.ReportFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a benchmark has shown, with all that is needed to judge it.
 *
 * @param startedAt   ISO-8601
 * @param seconds     of the whole run
 * @param commit      of nescio, with {@code -dirty} when files had been changed; null when it is not known
 * @param machine     where, and how busy it was before
 * @param vectorFlags of the processor, such as avx2; empty when the system does not tell
 * @param threads     of one operation, on both sides
 * @param model       name and digest
 * @param ours        versions of what nescio computes with
 * @param peer        versions of the peer
 * @param comparisons one a workload
 */
record ModelReport(
    String startedAt, double seconds, String commit, Machine machine, List<String> vectorFlags, int threads,
    Map<String, String> model, Map<String, String> ours, Map<String, String> peer, List<Comparison> comparisons) {

  /**
   * Writes JSON, and the table beside it as {@code .md}.
   *
   * @throws LoadTestException when a file cannot be written
   */
  void write(Path file) {
    ReportFile.write(file, this);
    ReportFile.writeText(table(file), ModelReportText.of(this));
  }

  /** Where the table of a report goes. */
  static Path table(Path file) {
    return file.resolveSibling(file.getFileName().toString().replaceFirst("\\.json$", "") + ".md");
  }
}
