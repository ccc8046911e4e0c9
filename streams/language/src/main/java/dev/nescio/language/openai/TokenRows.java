package dev.nescio.language.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.language.Generation.Alternative;
import dev.nescio.language.Generation.Token;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The {@code logprobs} of a choice, in either form: {@code tokens}, {@code token_logprobs}, {@code top_logprobs} and
 * {@code text_offset} side by side, or {@code content} with an object a token.
 */
final class TokenRows {

  private static final String REPLACEMENT = "\uFFFD";
  private static final Comparator<Alternative> BEST_FIRST = Comparator.comparingDouble(Alternative::logProb).reversed();

  private TokenRows() {}

  /**
   * One token as a server reports it.
   *
   * @param logProb natural; empty for the first token of a text, before which there is nothing
   * @param offset  place in the text, in code points
   * @param best    most likely tokens, best first; none when some of them may be missing
   */
  record Row(String text, OptionalDouble logProb, OptionalInt id, OptionalInt offset, List<Alternative> best) {

    int codePoints() {
      return text.codePointCount(0, text.length());
    }

    /**
     * @param exact        what only a nescio tells of it
     * @param alternatives wanted
     */
    Token token(Optional<Exact.Row> exact, int alternatives) {
      double value = logProb.orElseThrow(
          () -> new ProtocolViolationException("the server gave no log-probability of the token '" + text + "'"));
      List<Alternative> all = exact.map(Exact.Row::best).orElse(best);
      List<Alternative> wanted = all.subList(0, Math.min(alternatives, all.size()));
      return new Token(
          exact.map(e -> OptionalInt.of(e.id())).orElse(id), text, value, exact.map(Exact.Row::entropy),
          exact.map(Exact.Row::margin).or(this::margin), wanted);
    }

    private Optional<Double> margin() {
      return best.size() > 1 ? Optional.of(best.get(0).logProb() - best.get(1).logProb()) : Optional.empty();
    }
  }

  /**
   * @param logprobs the field of the choice; missing or null for none
   * @throws ProtocolViolationException if it has neither form
   */
  static List<Row> of(JsonNode logprobs) {
    if (logprobs.isMissingNode() || logprobs.isNull()) return List.of();
    if (logprobs.path("content").isArray()) return objects(logprobs.get("content"));
    if (logprobs.path("tokens").isArray()) return columns(logprobs);
    throw new ProtocolViolationException("logprobs have neither \"tokens\" nor \"content\"");
  }

  private static List<Row> objects(JsonNode content) {
    List<Row> rows = new ArrayList<>();
    for (JsonNode token : content) {
      List<Alternative> best = new ArrayList<>();
      for (JsonNode other : token.path("top_logprobs")) {
        best.add(new Alternative(id(other), text(other.path("token")), number(other.path("logprob"))));
      }
      best.sort(BEST_FIRST);
      rows.add(
          new Row(text(token.path("token")), optional(token.path("logprob")), id(token), OptionalInt.empty(), best));
    }
    return rows;
  }

  private static List<Row> columns(JsonNode logprobs) {
    JsonNode tokens = logprobs.path("tokens");
    JsonNode values = logprobs.path("token_logprobs");
    if (values.size() != tokens.size()) {
      throw new ProtocolViolationException(tokens.size() + " tokens with " + values.size() + " log-probabilities");
    }
    JsonNode offsets = logprobs.path("text_offset");
    int base = offsets.path(0).asInt(0);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      JsonNode offset = offsets.path(i);
      rows.add(
          new Row(
              text(tokens.get(i)), optional(values.get(i)), OptionalInt.empty(),
              offset.isInt() ? OptionalInt.of(offset.intValue() - base) : OptionalInt.empty(),
              best(logprobs.path("top_logprobs").path(i))));
    }
    return rows;
  }

  /**
   * A map from text to log-probability, without ids. Tokens of the same text fall together there, and the least likely of
   * them may stand for all: parts of characters are all a replacement character, or nothing. Then neither the best nor
   * the second best is known.
   */
  private static List<Alternative> best(JsonNode map) {
    List<Alternative> best = new ArrayList<>();
    for (var entry : map.properties()) {
      if (entry.getKey().isEmpty() || entry.getKey().contains(REPLACEMENT)) return List.of();
    }
    map.properties().forEach(e -> best.add(new Alternative(OptionalInt.empty(), e.getKey(), number(e.getValue()))));
    best.sort(BEST_FIRST);
    return best;
  }

  private static OptionalInt id(JsonNode token) {
    return token.path("id").canConvertToInt() && token.path("id").isIntegralNumber()
        ? OptionalInt.of(token.path("id").intValue()) : OptionalInt.empty();
  }

  private static String text(JsonNode node) {
    if (!node.isTextual()) throw new ProtocolViolationException("a token without text: " + node);
    return node.asText();
  }

  private static OptionalDouble optional(JsonNode node) {
    return node.isNull() || node.isMissingNode() ? OptionalDouble.empty() : OptionalDouble.of(number(node));
  }

  /** Rounding of a server may leave a little above 0. */
  private static double number(JsonNode node) {
    if (!node.isNumber() || node.doubleValue() > 1e-3) {
      throw new ProtocolViolationException("a log-probability is a number of at most 0, not " + node);
    }
    return Math.min(0, node.doubleValue());
  }
}
