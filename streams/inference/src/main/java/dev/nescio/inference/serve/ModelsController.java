package dev.nescio.inference.serve;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.Set;

/** What is served, and how it splits text: {@code GET /v1/models} and vLLM's {@code POST /tokenize}. */
@Controller
@Requires(bean = Engine.class)
@Produces(MediaType.APPLICATION_JSON)
final class ModelsController {

  private final Catalogue catalogue;
  private final Tokens tokens;

  ModelsController(Catalogue catalogue, Tokens tokens) {
    this.catalogue = catalogue;
    this.tokens = tokens;
  }

  @Get("/v1/models")
  String models() {
    ObjectNode list = JsonNodeFactory.instance.objectNode().put("object", "list");
    list.putArray("data");
    for (ServedModel served : catalogue.models()) list.withArray("data").add(card(served));
    return list.toString();
  }

  @Get("/v1/models/{+name}")
  MutableHttpResponse<?> model(String name) {
    try {
      return HttpResponse.ok(card(catalogue.named(name)).toString());
    } catch (ApiException e) {
      return OpenAiErrors.response(e);
    }
  }

  /** Ids and number of the tokens of {@code prompt}, with those that begin every text. */
  @Post("/tokenize")
  @ExecuteOn(TaskExecutors.BLOCKING)
  MutableHttpResponse<?> tokenize(@Body String body) {
    try {
      Fields fields = Fields.parse(body);
      fields.requireKnown(Set.of("model", "prompt"));
      if (fields.has("model")) catalogue.named(fields.text("model"));
      int[] ids = tokens.encode(fields.text("prompt"));
      ObjectNode json = JsonNodeFactory.instance.objectNode().put("count", ids.length);
      json.put("max_model_len", catalogue.model().identity().contextTokens());
      json.putArray("tokens");
      for (int id : ids) json.withArray("tokens").add(id);
      return HttpResponse.status(HttpStatus.OK).body(json.toString());
    } catch (ApiException e) {
      return OpenAiErrors.response(e);
    }
  }

  private ObjectNode card(ServedModel served) {
    ObjectNode card = JsonNodeFactory.instance.objectNode().put("id", served.name()).put("object", "model");
    card.put("created", catalogue.created().getEpochSecond()).put("owned_by", "nescio");
    card.put("max_model_len", catalogue.model().identity().contextTokens());
    card.put("parent", served.adapter().isPresent() ? catalogue.base().name() : null);
    ObjectNode nescio = card.putObject("nescio").put("digest", served.digest());
    served.adapter().ifPresent(id -> nescio.put("adapter_digest", id));
    catalogue.model().identity().idkTokenId().ifPresent(id -> nescio.put("idk_token_id", id));
    return card;
  }
}
