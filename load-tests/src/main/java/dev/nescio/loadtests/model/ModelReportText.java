package dev.nescio.loadtests.model;

import dev.nescio.loadtests.Machine;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A report as a page of Markdown. */
final class ModelReportText {

  private static final String HOW = """
      Both sides did the same work by turns in one run, each after one run that does not count: nescio through its
      public calls, the peer through `generate` and a plain training step (llama.cpp: through its C interface). The peer
      computes in float32, if its own name below does not say otherwise, nescio with the weights named below. A figure is the median of the runs with the lowest and the highest behind it; a ratio is of
      two runs that stood beside each other. Every run has texts of its own, the same for both. Tokens are the new ones;
      of `prefill` those of the prompts (nescio tells the log-probability of their last words, the peer writes one
      token), of `train` those that were read. *Agreement* is the share of greedy tokens that
      both sides wrote before they first differed.
      """;

  private ModelReportText() {}

  static String of(ModelReport report) {
    StringBuilder text = new StringBuilder();
    String peer = report.peer().containsKey("llama-cpp-python") ? "llama.cpp" : "transformers and PEFT";
    line(text, "# The language model beside %s, %s", peer, report.startedAt().substring(0, 10));
    line(text, "");
    text.append(HOW);
    line(text, "");
    line(text, "| workload | nescio, tokens/s | peer, tokens/s | ratio | required / aim | agreement |");
    line(text, "| --- | --- | --- | --- | --- | --- |");
    for (Comparison c : report.comparisons()) line(text, "%s", row(c));
    line(text, "");
    for (Comparison c : report.comparisons()) {
      line(text, "- `%s`: %s. %d runs.", c.workload().name(), c.workload().description(), c.ratio().runs().size());
    }
    line(text, "");
    Machine m = report.machine();
    line(text, "Machine: %d cores (%s; %s), %.1f GB, %s, %s; load before the run %s.", m.cores(), m.processor(),
        String.join(" ", report.vectorFlags()), m.memoryBytes() / 1e9, m.system(), m.java(),
        m.loadAverage() == null ? "unknown" : String.format(Locale.ROOT, "%.2f", m.loadAverage()));
    line(text, "%d threads on both sides. Model: %s. nescio %s with %s; peer: %s. Started at %s, %.0f s in all.",
        report.threads(), list(report.model()), report.commit() == null ? "(unknown commit)" : report.commit(),
        list(report.ours()), list(report.peer()), report.startedAt(), report.seconds());
    return text.toString();
  }

  /** One row of the table. */
  static String row(Comparison c) {
    return String.format(Locale.ROOT, "| `%s` | %s | %s | %s | %.1f / %.1f%s | %s |", c.workload().name(),
        spread(c.ours().tokensPerSecond(), rate(c)), spread(c.peer().tokensPerSecond(), rate(c)),
        spread(c.ratio(), "%.2f"), c.workload().atLeast(), c.workload().aim(),
        switch (c.reached()) {
          case AIM -> ": aim reached";
          case AT_LEAST -> ": required reached";
          case NEITHER -> ": **missed**";
        },
        c.agreement() == null ? "" : String.format(Locale.ROOT, "%.3f", c.agreement()));
  }

  private static String rate(Comparison c) {
    return c.peer().tokensPerSecond().low() < 100 ? "%.1f" : "%.0f";
  }

  private static String spread(Comparison.Spread spread, String format) {
    return String.format(Locale.ROOT, format + " (" + format + "-" + format + ")", spread.median(), spread.low(),
        spread.high());
  }

  private static String list(Map<String, String> values) {
    return values.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).collect(Collectors.joining(", "));
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
