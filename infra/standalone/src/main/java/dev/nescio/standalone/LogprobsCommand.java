package dev.nescio.standalone;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.Generation;
import dev.nescio.language.PromptTooLongException;
import dev.nescio.producers.BadLine;
import dev.nescio.producers.Lines;
import dev.nescio.producers.PromptFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Scores given continuations, without Kafka. */
@Command(
    name = "logprobs",
    mixinStandardHelpOptions = true,
    description = "Tells how likely a model thinks given continuations are, token by token, in nats. An output file that"
        + " was begun with the same settings is continued.")
final class LogprobsCommand implements Callable<Integer> {

  private static final int PAIRS = 64;
  private static final ObjectMapper JSON = new ObjectMapper();

  @Mixin private CommonOptions options;
  @Mixin private CommandModel.Options modelOptions;

  @Option(
      names = "--pairs",
      required = true,
      paramLabel = "FILE",
      description = "{\"prompt\": ..., \"continuation\": ...} a line; an id may stand beside it.")
  private Path pairs;

  @Option(names = "--output", paramLabel = "FILE", description = "Where the results go (default: they are printed).")
  private Path output;

  @Spec private CommandSpec spec;

  private int failed;

  @Override
  public Integer call() throws IOException {
    Terminal terminal = Terminal.of(spec.commandLine().getErr());
    Lines<PromptFile.Pair> lines = read();
    for (BadLine bad : lines.bad()) refuse(terminal, bad.message());
    try (CommandModel model = CommandModel.open(options, modelOptions, terminal);
        ResultFile results =
            ResultFile.open(Optional.ofNullable(output), spec.commandLine().getOut(), settings(model))) {
      List<PromptFile.Pair> open = lines.items().stream().filter(p -> !results.has(p.line(), input(p))).toList();
      if (results.continued() > 0) {
        terminal.line("Continuing " + output + ": " + results.continued() + " lines are there");
      }
      score(open, model, results, terminal);
    }
    return failed == 0 ? 0 : 1;
  }

  private void score(List<PromptFile.Pair> open, CommandModel model, ResultFile results, Terminal terminal)
      throws IOException {
    long start = System.nanoTime();
    for (int from = 0; from < open.size(); from += PAIRS) {
      List<PromptFile.Pair> part = open.subList(from, Math.min(from + PAIRS, open.size()));
      try {
        write(part, model, results);
      } catch (PromptTooLongException | IllegalArgumentException e) {
        for (PromptFile.Pair one : part) writeOrRefuse(one, model, results, terminal);
      }
      int done = from + part.size();
      Duration remaining = Duration.ofNanos((System.nanoTime() - start) / done * (open.size() - done));
      terminal.progress("Scoring", done, open.size(), "pairs", remaining, failed == 0 ? "" : failed + " refused");
    }
  }

  private void writeOrRefuse(PromptFile.Pair pair, CommandModel model, ResultFile results, Terminal terminal)
      throws IOException {
    try {
      write(List.of(pair), model, results);
    } catch (PromptTooLongException | IllegalArgumentException e) {
      refuse(terminal, pairs + ":" + pair.line() + ": field \"prompt\": " + e.getMessage());
    }
  }

  private void write(List<PromptFile.Pair> part, CommandModel model, ResultFile results) throws IOException {
    List<Generation.Sequence> scores = model.model().score(part.stream()
        .map(p -> new ContinuationRequest(p.prompt(), p.continuation(), model.adapter())).toList());
    for (int i = 0; i < part.size(); i++) {
      ObjectNode result = JSON.createObjectNode().put("line", part.get(i).line());
      result.setAll(input(part.get(i)));
      ArrayNode tokens = result.putArray("tokens");
      ArrayNode ids = result.putArray("ids");
      ArrayNode logProbs = result.putArray("logProbs");
      for (Generation.Token token : scores.get(i).tokens()) {
        tokens.add(token.text());
        ids.add(token.id());
        logProbs.add((float) token.logProb());
      }
      result.put("sequenceLogProb", scores.get(i).sequenceLogProb());
      results.write(result);
    }
  }

  private static ObjectNode input(PromptFile.Pair pair) {
    ObjectNode input = JSON.createObjectNode();
    pair.id().ifPresent(id -> input.put("id", id));
    return input.put("prompt", pair.prompt()).put("continuation", pair.continuation());
  }

  private ObjectNode settings(CommandModel model) {
    ObjectNode settings = JSON.createObjectNode().put("command", "logprobs").put("model", model.digest());
    modelOptions.describe(settings);
    return settings;
  }

  private Lines<PromptFile.Pair> read() {
    try {
      return PromptFile.pairs(pairs);
    } catch (UncheckedIOException e) {
      throw new UserError(e.getMessage() + " given with --pairs", e);
    }
  }

  private void refuse(Terminal terminal, String message) {
    failed++;
    terminal.line(message);
  }
}
