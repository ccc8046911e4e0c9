package dev.nescio.standalone;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.nescio.metrics.Direction;
import dev.nescio.metrics.HonestyTable;
import dev.nescio.metrics.MetricNames;
import dev.nescio.metrics.NamedEstimate;
import dev.nescio.metrics.PairedOutcome;
import dev.nescio.metrics.PairedOutcomes;
import dev.nescio.producers.BadLine;
import dev.nescio.producers.GradedFile;
import dev.nescio.producers.GradedLine;
import dev.nescio.producers.Lines;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
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

  private static final int BAD_SHOWN = 10;
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
    Lines<GradedLine> lines = read(file);
    List<BadLine> bad = new ArrayList<>(lines.bad());
    MetricsReport.Comparison comparison = null;
    if (before != null) {
      Lines<GradedLine> others = read(before);
      bad.addAll(others.bad());
      comparison = compare(lines, others);
    }
    MetricsReport report = new MetricsReport(file.toString(), grader, bad.size(), slices(lines.items()), comparison);
    write(format == Format.JSON ? JSON.writeValueAsString(report) + System.lineSeparator() : report.text());
    PrintWriter err = spec.commandLine().getErr();
    bad.stream().limit(BAD_SHOWN).map(BadLine::message).forEach(err::println);
    if (bad.size() > BAD_SHOWN) err.println("... and " + (bad.size() - BAD_SHOWN) + " more bad lines");
    if (!bad.isEmpty()) err.println(bad.size() + " bad lines were left out");
    return bad.isEmpty() ? 0 : 1;
  }

  private static Lines<GradedLine> read(Path path) {
    try {
      Lines<GradedLine> lines = GradedFile.read(path);
      if (lines.items().isEmpty() && lines.bad().isEmpty()) {
        throw new UserError(path + " is empty; write {\"confidence\": 0.8, \"correct\": true} a line");
      }
      return lines;
    } catch (UncheckedIOException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  private List<MetricsReport.Slice> slices(List<GradedLine> lines) {
    FileFigures all = new FileFigures();
    Map<String, FileFigures> bySlice = new TreeMap<>();
    for (GradedLine line : lines) {
      all.add(line);
      line.slices().forEach((name, value) ->
          bySlice.computeIfAbsent(name + "=" + value, slice -> new FileFigures()).add(line));
    }
    List<MetricsReport.Slice> slices = new ArrayList<>();
    slices.add(MetricsReport.Slice.of("all", all, grader));
    bySlice.forEach((slice, figures) -> slices.add(MetricsReport.Slice.of(slice, figures, grader)));
    return slices;
  }

  private MetricsReport.Comparison compare(Lines<GradedLine> now, Lines<GradedLine> then) {
    Map<String, GradedLine> known = byId(then);
    List<PairedOutcome> pairs = new ArrayList<>();
    for (Map.Entry<String, GradedLine> entry : byId(now).entrySet()) {
      GradedLine other = known.get(entry.getKey());
      GradedLine mine = entry.getValue();
      if (other == null || other.correct().isEmpty() || mine.correct().isEmpty()) continue;
      pairs.add(new PairedOutcome(other.correct().get(), other.idk(), mine.correct().get(), mine.idk()));
    }
    if (pairs.isEmpty()) {
      throw new UserError(now.file() + " and " + then.file()
          + " have no labelled question in common; give the lines of both the \"id\" of their question");
    }
    List<NamedEstimate> figures = new ArrayList<>(HonestyTable.of(pairs).metrics());
    figures.add(new NamedEstimate(MetricNames.NAUPC_OVER_CEILING + "_difference", Direction.HIGHER_IS_BETTER,
        new PairedOutcomes(pairs).naupcOverCeilingDifference(new Random(seed))));
    return new MetricsReport.Comparison(then.file(), pairs.size(),
        now.items().size() + then.items().size() - 2L * pairs.size(),
        figures.stream().map(MetricsReport.Row::of).toList());
  }

  private static Map<String, GradedLine> byId(Lines<GradedLine> lines) {
    Map<String, GradedLine> known = new LinkedHashMap<>();
    for (GradedLine line : lines.items()) {
      if (line.id().isEmpty()) continue;
      if (known.put(line.id().get(), line) != null) {
        throw new UserError("the id \"" + line.id().get() + "\" stands twice in " + lines.file()
            + "; a comparison needs one line for each question");
      }
    }
    return known;
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
