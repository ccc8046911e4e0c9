package dev.nescio.inference.serve;

import io.micronaut.context.annotation.Requires;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** Lets nobody near the model without the key, where there is one. Health and metrics stay open. */
@ServerFilter({"/v1/**", "/tokenize"})
@Requires(bean = Engine.class)
final class ApiKeyFilter {

  private final ServeConfig config;

  ApiKeyFilter(ServeConfig config) {
    this.config = config;
  }

  /** @return the refusal, or null to let the request through */
  @RequestFilter
  @Nullable
  HttpResponse<?> check(HttpRequest<?> request) {
    if (config.apiKey().isEmpty()) return null;
    String sent = request.getHeaders().getAuthorization().orElse("");
    // Takes as long whatever was sent.
    boolean same = MessageDigest.isEqual(bytes("Bearer " + config.apiKey().get()), bytes(sent));
    return same ? null : OpenAiErrors.response(ApiException.unauthorized());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
