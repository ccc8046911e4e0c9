package dev.nescio.language.openai;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Consumer;

/** Hears the events of a stream, and knows whether there were any. For one thread. */
final class Told {

  private final Consumer<JsonNode> events;
  private boolean any;

  Told(Consumer<JsonNode> events) {
    this.events = events;
  }

  void tell(JsonNode event) {
    any = true;
    events.accept(event);
  }

  boolean any() {
    return any;
  }
}
