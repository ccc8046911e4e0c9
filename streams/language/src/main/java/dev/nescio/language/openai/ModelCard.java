package dev.nescio.language.openai;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A model as {@code GET /v1/models} lists it.
 *
 * @param id            its name on the server
 * @param owner         who owns it, as the server says
 * @param contextTokens longest prompt plus generation, where the server tells
 * @param digest        SHA-256 of its weights, where the server tells: a nescio
 * @param adapter       SHA-256 of the adapter that it is, where the server tells
 * @param derived       true for an adapter over another model of the server
 * @param idkTokenId    id of {@code <IDK>}, where the server tells
 */
record ModelCard(
    String id, String owner, OptionalInt contextTokens, Optional<String> digest, Optional<String> adapter,
    boolean derived, Optional<Integer> idkTokenId) {

  /** @throws ProtocolViolationException if it is no list of models */
  static List<ModelCard> list(JsonNode answer) {
    if (!answer.path("data").isArray()) throw new ProtocolViolationException("/models is no list of models");
    List<ModelCard> cards = new ArrayList<>();
    for (JsonNode model : answer.get("data")) {
      if (!model.path("id").isTextual()) throw new ProtocolViolationException("/models lists a model without id");
      JsonNode nescio = model.path("nescio");
      cards.add(
          new ModelCard(
              model.get("id").asText(), model.path("owned_by").asText(""), context(model), text(nescio.path("digest")),
              text(nescio.path("adapter_digest")), nescio.has("adapter_digest") || model.path("parent").isTextual(),
              nescio.path("idk_token_id").isInt()
                  ? Optional.of(nescio.path("idk_token_id").intValue()) : Optional.empty()));
    }
    return cards;
  }

  /** vLLM and nescio tell what is served; llama.cpp what the model was trained with, or what its slots have. */
  private static OptionalInt context(JsonNode model) {
    for (JsonNode at : List.of(
        model.path("max_model_len"), model.path("meta").path("n_ctx"), model.path("meta").path("n_ctx_train"))) {
      if (at.isInt() && at.intValue() > 0) return OptionalInt.of(at.intValue());
    }
    return OptionalInt.empty();
  }

  private static Optional<String> text(JsonNode node) {
    return node.isTextual() ? Optional.of(node.asText()) : Optional.empty();
  }
}
