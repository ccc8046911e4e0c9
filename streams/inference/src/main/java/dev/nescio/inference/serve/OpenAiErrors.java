package dev.nescio.inference.serve;

import io.micronaut.context.annotation.Primary;
import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import jakarta.inject.Singleton;

/** Errors that the HTTP layer finds (no such path, a body that is too large) in OpenAI's form too. */
@Singleton
@Primary
@Requires(bean = Engine.class)
final class OpenAiErrors implements ErrorResponseProcessor<String> {

  @Override
  public MutableHttpResponse<String> processResponse(ErrorContext context, MutableHttpResponse<?> base) {
    String message =
        context.hasErrors() ? context.getErrors().getFirst().getMessage() : base.status().getReason();
    return base.body(ApiException.of(base.code(), message).json().toString())
        .contentType(MediaType.APPLICATION_JSON_TYPE);
  }

  /** The response that an exception stands for. */
  static MutableHttpResponse<?> response(ApiException e) {
    MutableHttpResponse<String> response =
        HttpResponse.<String>status(HttpStatus.valueOf(e.status())).body(e.json().toString())
            .contentType(MediaType.APPLICATION_JSON_TYPE);
    // A second is about what a short answer takes; the usual clients come back on their own then.
    if (e.status() == 429 || e.status() == 503) response.header("Retry-After", "1");
    return response;
  }
}
