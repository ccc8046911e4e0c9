package dev.nescio.inference.serve;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A request that is refused, in OpenAI's words. */
final class ApiException extends RuntimeException {

  private static final long serialVersionUID = 1L;
  private static final String INVALID = "invalid_request_error";

  private final int status;
  private final String type;
  private final String param;
  private final String code;

  /**
   * @param param field of the request; null when it is about none
   * @param code  stable name of the error; null for none
   */
  ApiException(int status, String type, String param, String code, String message) {
    super(message);
    this.status = status;
    this.type = type;
    this.param = param;
    this.code = code;
  }

  static ApiException invalid(String param, String message) {
    return new ApiException(400, INVALID, param, null, message);
  }

  static ApiException invalid(String param, String code, String message) {
    return new ApiException(400, INVALID, param, code, message);
  }

  static ApiException noSuchModel(String name) {
    return new ApiException(404, INVALID, "model", "model_not_found", "The model '" + name + "' does not exist");
  }

  static ApiException tooLong(String param, long prompt, long generated, int context) {
    return invalid(
        param, "context_length_exceeded",
        "This model's maximum context length is " + context + " tokens. However, you requested " + (prompt + generated)
            + " tokens (" + prompt + " in the " + param + ", " + generated + " in the completion).");
  }

  static ApiException overloaded() {
    return new ApiException(429, "rate_limit_error", null, "too_many_requests", "too many requests wait already");
  }

  static ApiException stopping() {
    return new ApiException(503, "server_error", null, "stopping", "the server is stopping");
  }

  static ApiException unauthorized() {
    return new ApiException(401, INVALID, null, "invalid_api_key", "the API key is missing or wrong");
  }

  /** An error of ours, or of the HTTP layer. */
  static ApiException of(int status, String message) {
    return new ApiException(status, status >= 500 ? "server_error" : INVALID, null, null, message);
  }

  int status() {
    return status;
  }

  /** {@code {"error": {"message", "type", "param", "code"}}}. */
  ObjectNode json() {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putObject("error").put("message", getMessage()).put("type", type).put("param", param).put("code", code);
    return body;
  }
}
