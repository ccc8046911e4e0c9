package dev.nescio.loadtests;

import java.util.Locale;

/** A report for people. */
final class ReportText {

  private ReportText() {}

  static String of(Report report) {
    StringBuilder text = new StringBuilder();
    Machine m = report.machine();
    line(text, "%s: %s", report.workload().name(), report.passed() ? "passed" : "FAILED");
    report.failures().forEach(failure -> line(text, "  ! %s", failure));
    line(text, "machine     %d cores (%s), %.1f GB, %s, %s, load before %s", m.cores(), m.processor(),
        m.memoryBytes() / 1e9, m.system(), m.java(), m.loadAverage() == null ? "unknown" : number(m.loadAverage()));
    Ledger.Outcome o = report.outcome();
    line(text, "questions   %d asked, %d answered once, %d lost, %d duplicate answers, %d dead letters, %d errors",
        o.asked(), o.answeredOnce(), o.lost(), o.duplicateAnswers(), o.deadLetters() + o.otherDeadLetters(), o.errors());
    Throughput t = report.throughput();
    line(text, "answers/s   %s (%d in %.1f s after the warm-up; %.1f s in all)", number(t.answersPerSecond()), t.answers(),
        t.seconds(), report.seconds());
    durations(text, "end to end", report.timings().endToEnd());
    durations(text, "model", report.timings().model());
    durations(text, "send delay", report.timings().sendDelay());
    report.restarts().forEach(restart -> line(text, "killed      after %.1f s, up again %.1f s later, %d asked again",
        restart.atSeconds(), restart.downSeconds(), restart.askedAgain()));
    Audit.Result audit = report.audit();
    if (audit != null) {
      line(text, "audit       %d answers, %d labels, %d figures compared bit for bit, %d differ", audit.answers(),
          audit.labels(), audit.figures(), audit.differences().size());
    }
    return text.toString();
  }

  private static void durations(StringBuilder text, String name, Durations.Summary d) {
    line(text, "%-11s ms: p50 %s, p90 %s, p99 %s, p99.9 %s, max %s (%d timed%s)", name, number(d.p50Millis()),
        number(d.p90Millis()), number(d.p99Millis()), number(d.p999Millis()), number(d.maxMillis()), d.count(),
        d.negative() == 0 ? "" : ", " + d.negative() + " negative");
  }

  private static String number(Double value) {
    return value == null ? "none" : String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.0f", value);
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
  }
}
