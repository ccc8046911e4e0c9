package dev.nescio.language.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.language.Generation.Alternative;
import dev.nescio.language.Generation.Finish;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The {@code nescio} object of a choice: what a nescio tells beyond OpenAI's interface.
 *
 * @param rows            one a token of {@code logprobs}; empty when they were not asked for
 * @param finish          why it ended
 * @param pIdk            P({@code <IDK>}) after the span; empty for a model without the token
 * @param endLogProb      of the end token after the span
 * @param generatedTokens tokens that were computed
 */
record Exact(
    List<Optional<Row>> rows, Finish finish, Optional<Double> pIdk, Optional<Double> endLogProb, int generatedTokens) {

  /**
   * One token.
   *
   * @param entropy of the full distribution, in nats
   * @param margin  best minus second best, in nats
   * @param best    most likely tokens, best first
   */
  record Row(int id, double entropy, double margin, List<Alternative> best) {}

  /** Of a choice; empty when it has none. */
  static Optional<Exact> of(JsonNode choice) {
    JsonNode nescio = choice.path("nescio");
    if (!nescio.isObject()) return Optional.empty();
    try {
      return Optional.of(
          new Exact(
              rows(nescio), Finish.valueOf(nescio.path("finish").asText()), number(nescio.path("p_idk")),
              number(nescio.path("end_log_prob")), nescio.path("generated_tokens").asInt()));
    } catch (IllegalArgumentException e) {
      throw new ProtocolViolationException("the nescio object of a choice is of another version: " + e.getMessage(), e);
    }
  }

  /** The tokens of a {@code nescio} object, whole or not. */
  static List<Optional<Row>> rows(JsonNode nescio) {
    List<Optional<Row>> rows = new ArrayList<>();
    for (JsonNode token : nescio.path("tokens")) rows.add(row(token));
    return rows;
  }

  /** Of the first token of a text nothing is known but the id. */
  private static Optional<Row> row(JsonNode token) {
    if (!token.path("entropy").isNumber()) return Optional.empty();
    List<Alternative> best = new ArrayList<>();
    for (JsonNode other : token.path("best")) {
      best.add(
          new Alternative(
              other.path("id").intValue(), other.path("token").asText(), other.path("logprob").doubleValue()));
    }
    return Optional.of(
        new Row(
            token.path("id").intValue(), token.path("entropy").doubleValue(), token.path("margin").doubleValue(),
            best));
  }

  private static Optional<Double> number(JsonNode node) {
    return node.isNumber() ? Optional.of(node.doubleValue()) : Optional.empty();
  }
}
