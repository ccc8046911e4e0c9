package dev.nescio.model;

import ai.djl.ndarray.types.Shape;
import dev.nescio.language.ChatMessage;
import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.GenerationRequest;
import dev.nescio.model.engine.TorchLanguageModel;
import dev.nescio.model.files.Checkpoint;
import dev.nescio.model.files.FloatType;
import dev.nescio.model.files.ModelFormatException;
import dev.nescio.model.files.SafetensorsReader;
import dev.nescio.model.files.TensorType;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.local.LocalModelConfig;
import dev.nescio.model.tokenizer.ModelTokenizer;
import dev.nescio.model.torch.TorchDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Examines a model directory before it is relied on: configuration, every tensor, tokenizer, special tokens, chat
 * template, and a short forward. What fails does not keep the rest from being examined that does not need it.
 */
public final class ModelCheck {

  private static final String SAMPLE = "The capital of Peru is Lima; na\u00efve 42 \u65e5\u672c \ud83d\ude42\n";
  private static final String PROMPT = "The capital of Peru is";
  private static final int TOKENS = 8;
  private static final double AGREEMENT = 1e-2;
  private static final int NAMED = 5;

  /** How something was found. */
  public enum Level {
    /** As it should be. */
    PASS,
    /** Usable, but worth knowing. */
    NOTE,
    /** The model cannot be used so. */
    FAIL
  }

  /**
   * One thing that was examined.
   *
   * @param thing for example {@code weights}
   * @param text  what was found; of a failure also the way out
   */
  public record Finding(String thing, Level level, String text) {}

  /** A part of the examination; its result is what to say when it passes. */
  @FunctionalInterface
  private interface Part {
    String examine() throws IOException;
  }

  private final Path directory;
  private final LocalModelConfig opening;
  private final List<Finding> findings = new ArrayList<>();

  private ModelCheck(Path directory, LocalModelConfig opening) {
    this.directory = directory;
    this.opening = opening;
  }

  /**
   * Examines a directory.
   *
   * @param directory Hugging Face layout
   * @param device    that the forward runs on
   * @param type      that the forward computes in
   */
  public static List<Finding> of(Path directory, TorchDevice device, FloatType type) {
    ModelCheck check = new ModelCheck(
        directory, LocalModelConfig.of(directory).withDevice(device).withDataType(type));
    check.run();
    return List.copyOf(check.findings);
  }

  private void run() {
    Optional<LlamaConfig> config = config();
    config.ifPresent(c -> part("weights", () -> weights(c)));
    config.ifPresent(this::tokenizer);
    if (findings.stream().noneMatch(finding -> finding.level() == Level.FAIL)) part("forward", this::forward);
  }

  private Optional<LlamaConfig> config() {
    LlamaConfig[] read = new LlamaConfig[1];
    part("config", () -> {
      read[0] = LlamaConfig.read(directory);
      return ModelSummary.shape(read[0]);
    });
    return Optional.ofNullable(read[0]);
  }

  private String weights(LlamaConfig config) throws IOException {
    List<String> wrong = new ArrayList<>();
    try (Checkpoint checkpoint = new Checkpoint(directory)) {
      if (config.layers() > checkpoint.names().size()) {
        throw new ModelFormatException("config.json announces " + config.layers() + " layers, but there are only "
            + checkpoint.names().size() + " tensors; fetch the model again");
      }
      Map<String, Shape> expected = LlamaWeights.shapes(config);
      TreeSet<String> unexpected = new TreeSet<>(checkpoint.names());
      unexpected.removeAll(expected.keySet());
      unexpected.removeIf(LlamaWeights::isSuperfluous);
      unexpected.forEach(name -> wrong.add(name + " is none of such a model"));
      for (Map.Entry<String, Shape> tensor : expected.entrySet()) {
        problem(checkpoint, tensor.getKey(), tensor.getValue()).ifPresent(wrong::add);
      }
      if (!wrong.isEmpty()) {
        throw new ModelFormatException(wrong.size() + " tensor(s) wrong: "
            + String.join("; ", wrong.subList(0, Math.min(NAMED, wrong.size()))) + (wrong.size() > NAMED ? "; ..." : "")
            + "; fetch the model again, or correct its config.json");
      }
    }
    return ModelSummary.weights(directory) + ", all of the expected shape and finite";
  }

  private static Optional<String> problem(Checkpoint checkpoint, String name, Shape shape) throws IOException {
    if (!checkpoint.names().contains(name)) return Optional.of(name + " is missing");
    SafetensorsReader.Entry entry = checkpoint.reader(name).entry(name);
    if (!entry.shape().equals(shape)) {
      return Optional.of(name + " has shape " + entry.shape() + ", expected " + shape);
    }
    if (TensorType.named(entry.type()).isEmpty()) return Optional.of(name + " has type " + entry.type());
    long notFinite = checkpoint.reader(name).notFinite(name);
    return notFinite == 0 ? Optional.empty() : Optional.of(name + " has " + notFinite + " values that are not finite");
  }

  private void tokenizer(LlamaConfig config) {
    ModelTokenizer[] opened = new ModelTokenizer[1];
    part("tokenizer", () -> {
      opened[0] = ModelTokenizer.open(directory, ModelTokenizer.idkIn(directory), config.endTokenId());
      int[] ids = opened[0].encode(SAMPLE);
      int beyond = IntStream.of(ids).filter(id -> id >= config.vocabSize()).findFirst().orElse(-1);
      if (beyond >= 0) {
        throw new ModelFormatException("token " + beyond + " has no row in the embedding of " + config.vocabSize()
            + "; the tokenizer is that of another model");
      }
      if (!opened[0].decode(ids).endsWith(SAMPLE)) {
        note("tokenizer", "does not give back a sample text letter by letter");
      }
      return ids.length + " tokens for " + SAMPLE.length() + " characters";
    });
    if (opened[0] == null) return;
    try (ModelTokenizer tokenizer = opened[0]) {
      part("special", () -> special(tokenizer, config));
      template(tokenizer);
    }
  }

  private static String special(ModelTokenizer tokenizer, LlamaConfig config) throws IOException {
    Map<String, String> names = new TreeMap<>();
    config.bosTokenId().ifPresent(id -> names.put("begin", named(tokenizer, id)));
    List<String> ends = new ArrayList<>();
    for (int id : config.endTokenIds()) {
      String text = tokenizer.decode(id);
      if (text.isEmpty()) throw new ModelFormatException("end token " + id + " has no text in tokenizer.json");
      if (IntStream.of(tokenizer.encode("a" + text)).anyMatch(other -> other == id)) {
        throw new ModelFormatException("end token " + id + " is text that users can write: '" + text
            + "'; mark it as special in tokenizer.json");
      }
      ends.add(named(tokenizer, id));
    }
    names.put("end", String.join(" ", ends));
    names.put(ModelTokenizer.IDK, tokenizer.idkId().map(id -> "token " + id)
        .orElse("not there, will be added as token " + config.vocabSize()));
    return String.join(", ", names.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList());
  }

  private static String named(ModelTokenizer tokenizer, int id) {
    return id + " '" + tokenizer.decode(id) + "'";
  }

  private void template(ModelTokenizer tokenizer) {
    if (tokenizer.chatTemplate().isEmpty()) {
      note("template", "the model has no chat template; prompts are plain text");
      return;
    }
    part("template", () -> tokenizer.encodeChat(List.of(new ChatMessage("user", PROMPT)), true).length
        + " tokens for a short question");
  }

  private String forward() throws IOException {
    try (TorchLanguageModel model = TorchLanguageModel.open(opening)) {
      Sequence sequence = model.generate(List.of(GenerationRequest.greedy(PROMPT, TOKENS))).getFirst().first();
      double[] logProbs = sequence.tokens().stream().mapToDouble(Token::logProb).toArray();
      for (double logProb : logProbs) {
        if (!Double.isFinite(logProb) || logProb > AGREEMENT) {
          throw new ModelFormatException("a token got log-probability " + logProb + "; the weights are damaged");
        }
      }
      String said = "'" + PROMPT + "' goes on '" + sequence.text().strip() + "'";
      if (sequence.text().isEmpty()) return said;
      // The second way: all positions at once instead of one after the other from the cache.
      Sequence scored = model.score(List.of(
          new ContinuationRequest(PROMPT, sequence.text(), Optional.empty()))).getFirst();
      if (!ids(scored).equals(ids(sequence))) return said;
      double difference = IntStream.range(0, logProbs.length)
          .mapToDouble(i -> Math.abs(logProbs[i] - scored.tokens().get(i).logProb())).max().orElse(0);
      if (!(difference <= AGREEMENT)) {
        throw new ModelFormatException("generation and scoring differ by " + difference + " nats");
      }
      return said + "; generation and scoring agree within %.0e nats".formatted(Math.max(difference, 1e-9));
    }
  }

  private static List<Integer> ids(Sequence sequence) {
    return sequence.tokens().stream().map(Token::id).toList();
  }

  private void part(String thing, Part part) {
    try {
      findings.add(new Finding(thing, Level.PASS, part.examine()));
    } catch (IOException | RuntimeException e) {
      String message = e.getMessage() == null ? e.toString() : e.getMessage();
      findings.add(new Finding(thing, Level.FAIL, message));
    }
  }

  private void note(String thing, String text) {
    findings.add(new Finding(thing, Level.NOTE, text));
  }
}
