package dev.nescio.schemas.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A request to the embedded registry.
 *
 * @param method HTTP method
 * @param path   decoded segments
 * @param query  raw query; empty when there is none
 * @param body   text of the body
 */
record RegistryRequest(String method, List<String> path, String query, String body) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_BODY_BYTES = 1 << 20;

  static RegistryRequest of(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
    if (body.length > MAX_BODY_BYTES) {
      throw new RegistryException(413, "The body is longer than " + MAX_BODY_BYTES + " bytes", null);
    }
    List<String> path = Arrays.stream(exchange.getRequestURI().getRawPath().split("/")).filter(s -> !s.isEmpty())
        .map(s -> URLDecoder.decode(s.replace("+", "%2B"), StandardCharsets.UTF_8)).toList();
    String query = exchange.getRequestURI().getRawQuery();
    return new RegistryRequest(exchange.getRequestMethod(), path, query == null ? "" : query,
        new String(body, StandardCharsets.UTF_8));
  }

  /** True when the query says so. */
  boolean flag(String name) {
    return Arrays.asList(query.split("&")).contains(name + "=true");
  }

  /** A parameter of the query, or the empty text. */
  String parameter(String name) {
    return Arrays.stream(query.split("&")).filter(p -> p.startsWith(name + "="))
        .map(p -> URLDecoder.decode(p.substring(name.length() + 1), StandardCharsets.UTF_8)).findFirst().orElse("");
  }

  /** The schema of the body. */
  String schema() {
    JsonNode json = json();
    String type = json.path("schemaType").asText("AVRO");
    if (!"AVRO".equals(type)) {
      throw new RegistryException(42201, "Schema type " + type + " is not supported here, only AVRO", null);
    }
    if (!json.path("references").isEmpty()) {
      throw new RegistryException(42201, "References are not supported here; register a self-contained schema", null);
    }
    return text(json, "schema");
  }

  /** A text field of the body. */
  String text(String field) {
    return text(json(), field);
  }

  private JsonNode json() {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new RegistryException(400, "The body is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static String text(JsonNode json, String field) {
    if (!json.path(field).isTextual()) {
      throw new RegistryException(422, "The body has no text field \"" + field + "\"", null);
    }
    return json.path(field).textValue();
  }
}
