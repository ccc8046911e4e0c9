package dev.nescio.standalone;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.language.ChatMessage;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.Sampling;
import dev.nescio.producers.Lines;
import dev.nescio.producers.PromptFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Continues the prompts of a file, without Kafka. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = "Continues the prompts of a JSON Lines file. Every line draws from a stream of its own, which depends"
        + " on --seed and the line's number. An output file that was begun with the same settings is continued.")
final class GenerateCommand implements Callable<Integer> {

  /** Sequences a call: enough to fill batches, few enough that little is lost when the command is stopped. */
  private static final int SEQUENCES = 64;

  private static final ObjectMapper JSON = new ObjectMapper();

  @Mixin private ModelPlace place;
  @Mixin private CommandModel.Options modelOptions;
  @Mixin private SamplingOptions drawing;
  @Mixin private TokenDetails details;

  @Option(
      names = "--prompts",
      required = true,
      paramLabel = "FILE",
      description = "{\"prompt\": ...} a line, or {\"messages\": [{\"role\": ..., \"content\": ...}]}; an id may stand"
          + " beside it.")
  private Path prompts;

  @Option(names = "--chat", description = "Makes each prompt the message of a user, in the model's chat template.")
  private boolean chat;

  @Option(names = "--output", paramLabel = "FILE", description = "Where the results go (default: they are printed).")
  private Path output;

  @Spec private CommandSpec spec;

  private Sampling sampling;
  private List<String> stop;

  @Override
  public Integer call() throws IOException {
    sampling = drawing.sampling();
    stop = drawing.stopStrings();
    details.check();
    Terminal terminal = ResultFile.terminal(output, spec.commandLine().getErr());
    LineWork<PromptFile.Prompt> work = new LineWork<>(prompts, new LineWork.Words("Generating", "prompts"),
        PromptFile.Prompt::line, p -> p.prompt().isPresent() ? "prompt" : "messages", terminal);
    List<PromptFile.Prompt> items = work.items(read(), "{\"prompt\": \"The capital of Peru is\"}");
    try (CommandModel model = CommandModel.open(place, modelOptions, terminal);
        ResultFile results = ResultFile.open(output, spec.commandLine().getOut(), settings(model), terminal)) {
      List<PromptFile.Prompt> open = items.stream().filter(p -> !results.has(p.line(), input(p))).toList();
      work.run(open, Math.max(1, SEQUENCES / drawing.samples), part -> write(part, model, results));
    }
    return work.end(Optional.ofNullable(output));
  }

  private void write(List<PromptFile.Prompt> part, CommandModel model, ResultFile results) throws IOException {
    List<Generation> generations =
        model.model().generate(part.stream().map(p -> request(p, model.adapter())).toList());
    for (int i = 0; i < part.size(); i++) results.write(result(part.get(i), generations.get(i)));
  }

  private GenerationRequest request(PromptFile.Prompt prompt, Optional<String> adapter) {
    long seed = new SplittableRandom(drawing.seed + prompt.line() * 0x9E3779B97F4A7C15L).nextLong();
    boolean plain = prompt.prompt().isPresent() && !chat;
    GenerationRequest request = new GenerationRequest(plain ? prompt.prompt().get() : "", "", drawing.samples, sampling,
        drawing.maxTokens, stop, seed, adapter, details.alternatives);
    if (plain) return request;
    return request.withChat(prompt.prompt().map(text -> List.of(ChatMessage.user(text))).orElseGet(() ->
        prompt.messages().stream().map(m -> new ChatMessage(m.role(), m.content())).toList()));
  }

  private ObjectNode result(PromptFile.Prompt prompt, Generation generation) {
    ObjectNode result = JSON.createObjectNode().put("line", prompt.line());
    result.setAll(input(prompt));
    result.put("promptTokens", generation.promptTokens());
    ArrayNode samples = result.putArray("samples");
    for (Generation.Sequence sequence : generation.sequences()) {
      ObjectNode sample = samples.addObject().put("text", sequence.text());
      details.write(sample, sequence.tokens());
      sample.put("finishReason", sequence.finish().name().toLowerCase(Locale.ROOT));
      sequence.pIdk().ifPresent(p -> sample.put("pIdk", p.floatValue()));
    }
    return result;
  }

  /** What a result repeats of its input. */
  private static ObjectNode input(PromptFile.Prompt prompt) {
    ObjectNode input = JSON.createObjectNode();
    prompt.id().ifPresent(id -> input.put("id", id));
    prompt.prompt().ifPresent(text -> input.put("prompt", text));
    if (prompt.prompt().isEmpty()) {
      ArrayNode messages = input.putArray("messages");
      prompt.messages().forEach(m -> messages.addObject().put("role", m.role()).put("content", m.content()));
    }
    return input;
  }

  private ObjectNode settings(CommandModel model) {
    ObjectNode settings = JSON.createObjectNode().put("command", "generate").put("model", model.digest());
    settings.put("n", drawing.samples).put("temperature", drawing.temperature).put("topK", drawing.topK)
        .put("topP", drawing.topP).put("minP", drawing.minP).put("repetitionPenalty", drawing.repetitionPenalty)
        .put("maxTokens", drawing.maxTokens).put("seed", drawing.seed).put("chat", chat)
        .put("alternatives", details.alternatives);
    modelOptions.describe(settings);
    stop.forEach(settings.putArray("stop")::add);
    return settings;
  }

  private Lines<PromptFile.Prompt> read() {
    try {
      return PromptFile.prompts(prompts);
    } catch (UncheckedIOException e) {
      throw new UserError(e.getMessage() + " given with --prompts", e);
    }
  }
}
