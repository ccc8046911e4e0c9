package dev.nescio.loadtests.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.nescio.loadtests.LoadTestException;
import dev.nescio.loadtests.Machine;
import java.io.IOException;
import java.nio.file.Files;
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
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      ObjectMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
      Files.writeString(file, json.writeValueAsString(this) + "\n");
      Files.writeString(table(file), ModelReportText.of(this));
    } catch (IOException e) {
      throw new LoadTestException("cannot write the report to " + file + ": " + e.getMessage(), e);
    }
  }

  /** Where the table of a report goes. */
  static Path table(Path file) {
    return file.resolveSibling(file.getFileName().toString().replaceFirst("\\.json$", "") + ".md");
  }
}
