package dev.nescio.language.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Finish;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.openai.TokenRows.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the choices of completions, plain or of a conversation, as sequences, cut to the answer span as our own model
 * cuts them.
 */
final class CompletionReader {

  private static final String IDK = "<IDK>";

  private final ServerKind kind;

  CompletionReader(ServerKind kind) {
    this.kind = kind;
  }

  /**
   * A whole answer.
   *
   * @throws ProtocolViolationException naming what is missing
   */
  Generation generation(GenerationRequest request, JsonNode answer) {
    JsonNode choices = answer.path("choices");
    if (choices.size() != request.samples()) {
      throw new ProtocolViolationException(
          "the server gave " + choices.size() + " choices, asked for were " + request.samples());
    }
    JsonNode usage = answer.path("usage");
    Optional<Integer> single =
        request.samples() == 1 && usage.path("completion_tokens").isInt()
            ? Optional.of(usage.path("completion_tokens").intValue()) : Optional.empty();
    Sequence[] sequences = new Sequence[choices.size()];
    for (JsonNode choice : choices) {
      int index = choice.path("index").asInt(-1);
      if (index < 0 || index >= sequences.length || sequences[index] != null) {
        throw new ProtocolViolationException("a choice with the index " + choice.path("index"));
      }
      sequences[index] = sequence(choice, request, single);
    }
    return new Generation(
        List.of(sequences), usage.path("prompt_tokens").asInt(),
        usage.path("prompt_tokens_details").path("cached_tokens").asInt(0));
  }

  /** The tokens of a choice under way that no stop string can take back any more. */
  List<Token> certain(JsonNode choice, GenerationRequest request) {
    String text = text(choice);
    List<Row> rows = TokenRows.of(choice.path("logprobs"));
    if (text.isEmpty() || rows.isEmpty()) return List.of();
    int cut = saysIdk(text, rows) ? text.indexOf(IDK) : withoutBegunStop(text, request.stop());
    if (kind.hidesParts()) cut = Math.min(cut, plainLetters(text));
    List<Row> span = rows.subList(0, AnswerSpan.of(text.substring(0, cut), rows).rows());
    if (!kind.extension()) return tokens(span, request.alternatives());
    List<Optional<Exact.Row>> exact = Exact.rows(choice.path("nescio"));
    List<Token> tokens = new ArrayList<>();
    for (int i = 0; i < Math.min(span.size(), exact.size()); i++) {
      tokens.add(span.get(i).token(exact.get(i), request.alternatives()));
    }
    return tokens;
  }

  /** Length of the text before a stop string, or before what may become one. */
  private static int withoutBegunStop(String text, List<String> stops) {
    int length = stop(text, stops);
    if (length < text.length()) return length;
    for (String stop : stops) {
      for (int begun = Math.min(stop.length() - 1, text.length()); begun > 0; begun--) {
        if (text.startsWith(stop.substring(0, begun), text.length() - begun)) {
          length = Math.min(length, text.length() - begun);
          break;
        }
      }
    }
    return length;
  }

  /**
   * @param usage tokens that the server counts for this choice, where it counts them one by one
   * @throws ProtocolViolationException naming what is missing
   */
  Sequence sequence(JsonNode choice, GenerationRequest request, Optional<Integer> usage) {
    String text = text(choice);
    List<Row> rows = TokenRows.of(choice.path("logprobs"));
    if (rows.isEmpty() && kind.alternatives() > 0 && !text.isEmpty()) {
      throw new ProtocolViolationException(
          "the server gave no log-probabilities though they were asked for; if it cannot, say kind=transformers");
    }
    Optional<Exact> exact = kind.extension() ? Exact.of(choice) : Optional.empty();
    if (exact.isPresent()) return exactly(text, rows, exact.get(), request);
    boolean length = finishedByLength(choice);
    boolean idk = saysIdk(text, rows);
    int cut = idk ? text.indexOf(IDK) : stop(text, request.stop());
    boolean untold = rows.isEmpty() || hidesTokens(choice, text, rows, usage);
    AnswerSpan span =
        untold ? new AnswerSpan(text.substring(0, cut), 0) : AnswerSpan.of(text.substring(0, cut), rows);
    List<Row> after = untold ? unseen(rows) : rows.subList(span.rows(), rows.size());
    Finish finish =
        idk ? Finish.IDK : stopped(choice, text, cut, after, request.stop()) ? Finish.STOP
            : length ? Finish.LENGTH : Finish.END;
    Optional<Double> end =
        finish == Finish.END && after.size() == 1 && after.getFirst().logProb().isPresent()
            ? Optional.of(after.getFirst().logProb().getAsDouble()) : Optional.empty();
    return new Sequence(
        span.text(), tokens(rows.subList(0, span.rows()), request.alternatives()), finish, idk, Optional.empty(), end,
        usage.orElse(rows.size()));
  }

  /**
   * True when there may be tokens of the text that are counted and not told, without which it would look more likely than
   * it is. A token of the stop string and the end token need not be told.
   */
  private boolean hidesTokens(JsonNode choice, String text, List<Row> rows, Optional<Integer> usage) {
    if (!kind.hidesParts() || plainLetters(text) == text.length()) return false;
    int beyond = finishedByLength(choice) || rows.getLast().text().isEmpty() ? 0 : 1;
    return usage.isEmpty() || usage.get() > rows.size() + beyond;
  }

  /** The end token, which alone is not of the text, if it is told. */
  private static List<Row> unseen(List<Row> rows) {
    return !rows.isEmpty() && rows.getLast().text().isEmpty() ? List.of(rows.getLast()) : List.of();
  }

  /** Length of the beginning in which every character is a byte, so that no token is a part of one. */
  private static int plainLetters(String text) {
    return (int) text.chars().takeWhile(c -> c < 0x80).count();
  }

  private static Sequence exactly(String text, List<Row> rows, Exact exact, GenerationRequest request) {
    return new Sequence(
        text, tokens(rows, exact, 0, request.alternatives()), exact.finish(), exact.finish() == Finish.IDK,
        exact.pIdk(), exact.endLogProb(), exact.generatedTokens());
  }

  /**
   * The continuation's part of an echoed text: its tokens, with one that reaches from the prompt into it.
   *
   * @throws IllegalArgumentException if there is no token before it
   */
  Sequence score(JsonNode choice, ContinuationRequest request) {
    List<Row> rows = TokenRows.of(choice.path("logprobs"));
    EchoedPart part = EchoedPart.of(rows, request.prompt(), request.continuation());
    if (part.from() == 0) throw new IllegalArgumentException("the prompt has no token before the continuation");
    List<Row> scored = rows.subList(part.from(), part.to());
    Optional<Exact> exact = kind.extension() ? Exact.of(choice) : Optional.empty();
    List<Token> tokens = exact.map(e -> tokens(scored, e, part.from(), 0)).orElseGet(() -> tokens(scored, 0));
    return new Sequence(
        request.continuation(), tokens, Finish.LENGTH, false, exact.flatMap(Exact::pIdk),
        exact.flatMap(Exact::endLogProb), 0);
  }

  private static List<Token> tokens(List<Row> rows, int alternatives) {
    return rows.stream().map(row -> row.token(Optional.empty(), alternatives)).toList();
  }

  private static List<Token> tokens(List<Row> rows, Exact exact, int from, int alternatives) {
    if (exact.rows().size() < from + rows.size()) {
      throw new ProtocolViolationException(
          exact.rows().size() + " tokens in the nescio object, " + (from + rows.size()) + " in logprobs");
    }
    List<Token> tokens = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) tokens.add(rows.get(i).token(exact.rows().get(from + i), alternatives));
    return tokens;
  }

  private static String text(JsonNode choice) {
    JsonNode message = choice.path("message");
    JsonNode text = message.isObject() ? message.path("content") : choice.path("text");
    // A conversation may be answered with nothing at all.
    if (message.isObject() && text.isNull()) return "";
    if (!text.isTextual()) throw new ProtocolViolationException("a choice without \"text\" or \"message\"");
    return text.asText();
  }

  private static boolean finishedByLength(JsonNode choice) {
    String reason = choice.path("finish_reason").asText("");
    return switch (reason) {
      case "length" -> true;
      case "stop", "eos_token", "stop_sequence" -> false;
      default -> throw new ProtocolViolationException("an unknown finish_reason: " + choice.path("finish_reason"));
    };
  }

  /** A token of its own, where tokens are told: a model that spells the letters has not emitted it. */
  private static boolean saysIdk(String text, List<Row> rows) {
    if (!text.contains(IDK)) return false;
    return rows.isEmpty() || rows.stream().anyMatch(row -> row.text().strip().equals(IDK));
  }

  private static int stop(String text, List<String> stops) {
    return stops.stream().mapToInt(text::indexOf).filter(at -> at >= 0).min().orElse(text.length());
  }

  /**
   * True when a stop string ended the text. vLLM says so; of others it is seen in the tokens after the text; where no
   * tokens are told, a text that did not end by its length counts as stopped when stop strings were asked for.
   */
  private static boolean stopped(JsonNode choice, String text, int cut, List<Row> after, List<String> stops) {
    if (cut < text.length()) return true;
    if (stops.isEmpty() || choice.path("finish_reason").asText().equals("length")) return false;
    if (choice.has("stop_reason")) return choice.path("stop_reason").isTextual();
    if (after.isEmpty()) return true;
    StringBuilder rest = new StringBuilder();
    after.forEach(row -> rest.append(row.text()));
    return stops.stream().anyMatch(stop -> (text + rest).contains(stop));
  }
}
