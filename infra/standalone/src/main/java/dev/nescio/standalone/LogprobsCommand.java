package dev.nescio.standalone;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.Generation;
import dev.nescio.producers.Lines;
import dev.nescio.producers.PromptFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
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

  @Mixin private ModelPlace place;
  @Mixin private CommandModel.Options modelOptions;
  @Mixin private TokenDetails details;

  @Option(
      names = "--pairs",
      required = true,
      paramLabel = "FILE",
      description = "{\"prompt\": ..., \"continuation\": ...} a line; an id may stand beside it.")
  private Path pairs;

  @Option(names = "--output", paramLabel = "FILE", description = "Where the results go (default: they are printed).")
  private Path output;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    details.check();
    Terminal terminal = ResultFile.terminal(output, spec.commandLine().getErr());
    LineWork<PromptFile.Pair> work = new LineWork<>(
        pairs, new LineWork.Words("Scoring", "pairs"), PromptFile.Pair::line, pair -> "prompt", terminal);
    List<PromptFile.Pair> items =
        work.items(read(), "{\"prompt\": \"The capital of Peru is\", \"continuation\": \" Lima\"}");
    try (CommandModel model = CommandModel.open(place, modelOptions, terminal);
        ResultFile results = ResultFile.open(output, spec.commandLine().getOut(), settings(model), terminal)) {
      List<PromptFile.Pair> open = items.stream().filter(p -> !results.has(p.line(), input(p))).toList();
      work.run(open, PAIRS, part -> write(part, model, results));
    }
    return work.end(Optional.ofNullable(output));
  }

  private void write(List<PromptFile.Pair> part, CommandModel model, ResultFile results) throws IOException {
    List<Generation.Sequence> scores = model.model().score(part.stream()
        .map(p -> new ContinuationRequest(p.prompt(), p.continuation(), model.adapter(), details.alternatives)).toList());
    for (int i = 0; i < part.size(); i++) {
      ObjectNode result = JSON.createObjectNode().put("line", part.get(i).line());
      result.setAll(input(part.get(i)));
      ArrayNode tokens = result.putArray("tokens");
      for (Generation.Token token : scores.get(i).tokens()) tokens.add(token.text());
      details.write(result, scores.get(i).tokens());
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
    ObjectNode settings = JSON.createObjectNode().put("command", "logprobs").put("model", model.digest())
        .put("alternatives", details.alternatives);
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
}
