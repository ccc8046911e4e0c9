package dev.nescio.standalone;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.nescio.metrics.Direction;
import dev.nescio.metrics.HonestyTable;
import dev.nescio.metrics.MetricNames;
import dev.nescio.metrics.NamedEstimate;
import dev.nescio.metrics.PairedOutcome;
import dev.nescio.metrics.PairedOutcomes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Every metric of a file of graded answers, by the summaries of the stream. */
@Command(
    name = "metrics",
    mixinStandardHelpOptions = true,
    description = {
      "Computes every metric of a JSON Lines file, for all lines and for each slice.",
      "A line is {\"confidence\": 0.8, \"correct\": true} with idk, pIdk, audited, answerable, id, delaySeconds and"
          + " slice (a text, or an object of texts) where they are known. Bad lines are named, the others counted."
    })
final class MetricsCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** How figures are written. */
  enum Format {
    TEXT,
    JSON
  }

  @Parameters(paramLabel = "FILE.jsonl", description = "Answers with their verdicts, one JSON object a line.")
  private Path file;

  @Option(names = "--compare", paramLabel = "BEFORE.jsonl",
      description = "Answers of the model before to the same questions, by id: adds the honesty of the change.")
  private Path before;

  @Option(names = "--grader", defaultValue = "given", paramLabel = "NAME",
      description = "Who decided what is correct; part of the names of metrics (default: ${DEFAULT-VALUE}).")
  private String grader;

  @Option(names = "--format", defaultValue = "text",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Format format;

  @Option(names = "--output", paramLabel = "FILE", description = "Writes there instead of printing.")
  private Path output;

  @Option(names = "--seed", defaultValue = "1",
      description = "Of the bootstrap behind the interval of a difference (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    GradedPass pass = GradedPass.over(file, before != null);
    List<String> messages = new ArrayList<>(pass.messages());
    long bad = pass.bad();
    MetricsReport.Comparison comparison = null;
    if (before != null) {
      GradedPass other = GradedPass.over(before, true);
      messages.addAll(other.messages());
      bad += other.bad();
      comparison = compare(pass, other);
    }
    MetricsReport report = new MetricsReport(file.toString(), grader, bad, slices(pass), comparison);
    write(format == Format.JSON ? JSON.writeValueAsString(report) + System.lineSeparator() : report.text());
    PrintWriter err = spec.commandLine().getErr();
    messages.forEach(err::println);
    if (bad > messages.size()) err.println("... and " + (bad - messages.size()) + " more bad lines");
    if (bad > 0) err.println(bad + " bad lines were left out");
    return bad == 0 ? 0 : 1;
  }

  private List<MetricsReport.Slice> slices(GradedPass pass) {
    List<MetricsReport.Slice> slices = new ArrayList<>();
    slices.add(MetricsReport.Slice.of("all", pass.all(), grader));
    pass.bySlice().forEach((slice, figures) -> slices.add(MetricsReport.Slice.of(slice, figures, grader)));
    return slices;
  }

  private MetricsReport.Comparison compare(GradedPass now, GradedPass then) {
    List<PairedOutcome> pairs = new ArrayList<>();
    now.byId().forEach((id, mine) -> {
      GradedPass.Verdict other = then.byId().get(id);
      if (other == null || other.correct() == null || mine.correct() == null) return;
      pairs.add(new PairedOutcome(other.correct(), other.idk(), mine.correct(), mine.idk()));
    });
    if (pairs.isEmpty()) {
      throw new UserError(now.file() + " and " + then.file()
          + " have no labelled question in common; give the lines of both the \"id\" of their question");
    }
    List<NamedEstimate> figures = new ArrayList<>(HonestyTable.of(pairs).metrics());
    figures.add(new NamedEstimate(MetricNames.NAUPC_OVER_CEILING + "_difference", Direction.HIGHER_IS_BETTER,
        new PairedOutcomes(pairs).naupcOverCeilingDifference(new Random(seed))));
    return new MetricsReport.Comparison(then.file().toString(), pairs.size(),
        now.all().answers() + then.all().answers() - 2L * pairs.size(),
        figures.stream().map(figure -> MetricsReport.Row.of(figure, "no question of the kind is in both files")).toList());
  }

  private void write(String text) throws IOException {
    if (output != null) {
      Files.writeString(output, text);
      return;
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(text);
    out.flush();
  }
}
