package dev.nescio.model.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.AdvancedFilter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** {@code tojson} as transformers has it: Python's {@code json.dumps(value, ensure_ascii=False, indent=indent)}. */
final class PythonJson implements AdvancedFilter {

  private static final ObjectMapper SCALARS = new ObjectMapper();

  @Override
  public String getName() {
    return "tojson";
  }

  @Override
  public Object filter(Object value, JinjavaInterpreter interpreter, Object[] arguments, Map<String, Object> named) {
    Object indent = named.getOrDefault("indent", arguments.length > 0 ? arguments[0] : null);
    return write(value, indent instanceof Number n ? n.intValue() : -1, 0);
  }

  private static String write(Object value, int indent, int depth) {
    return switch (value) {
      case Map<?, ?> map -> {
        List<String> parts = new ArrayList<>();
        map.forEach((k, v) -> parts.add(scalar(String.valueOf(k)) + ": " + write(v, indent, depth + 1)));
        yield join("{", parts, "}", indent, depth);
      }
      case Collection<?> list ->
          join("[", list.stream().map(v -> write(v, indent, depth + 1)).toList(), "]", indent, depth);
      case null, default -> scalar(value);
    };
  }

  private static String join(String open, List<String> parts, String close, int indent, int depth) {
    if (parts.isEmpty()) return open + close;
    if (indent < 0) return open + String.join(", ", parts) + close;
    String outer = "\n" + " ".repeat(indent * depth);
    String inner = outer + " ".repeat(indent);
    return open + inner + String.join("," + inner, parts) + outer + close;
  }

  private static String scalar(Object value) {
    try {
      return SCALARS.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a value of " + value.getClass() + " cannot be written as JSON", e);
    }
  }
}
