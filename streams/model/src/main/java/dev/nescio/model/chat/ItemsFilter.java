package dev.nescio.model.chat;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code items}: the pairs of a mapping; none of something undefined. */
final class ItemsFilter implements Filter {

  @Override
  public String getName() {
    return "items";
  }

  @Override
  public Object filter(Object value, JinjavaInterpreter interpreter, String... arguments) {
    if (value == null) return List.of();
    if (!(value instanceof Map<?, ?> map)) throw new IllegalArgumentException("items: " + value + " is no mapping");
    List<Object> pairs = new ArrayList<>();
    map.forEach((k, v) -> {
      List<Object> pair = new ArrayList<>();
      pair.add(k);
      pair.add(v);
      pairs.add(pair);
    });
    return pairs;
  }
}
