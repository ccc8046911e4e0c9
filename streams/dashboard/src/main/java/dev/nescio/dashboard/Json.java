package dev.nescio.dashboard;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/** JSON as the page reads it: records by component, absent values left out, times as micros since the epoch. */
final class Json {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder().serializationInclusion(JsonInclude.Include.NON_NULL).build();

  private Json() {}

  /** One line of JSON. */
  static String of(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a view must be plain data: " + value.getClass().getName(), e);
    }
  }

  /** Payload of the event of one thing; {@code value} null says that it is gone. */
  static String event(String key, Object value) {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("key", key);
    payload.put(value == null ? "gone" : "value", value == null ? Boolean.TRUE : value);
    return of(payload);
  }
}
