package dev.nescio.model.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResourcesTest {

  private final List<String> freed = new ArrayList<>();

  @Test
  void theLastIsFreedFirstAndOnceOnly() {
    Resources held = holding("a", "b");
    held.close();
    held.close();
    assertThat(freed).containsExactly("b", "a");
  }

  @Test
  void theRestIsFreedWhenOneFails() {
    Resources held = holding("a");
    held.hold("b", () -> {
      throw new IllegalStateException("b");
    });
    held.hold("c", () -> {
      throw new IllegalStateException("c");
    });
    assertThatThrownBy(held::close).hasMessage("c").satisfies(
        e -> assertThat(e.getSuppressed()).singleElement().extracting(Throwable::getMessage).isEqualTo("b"));
    assertThat(freed).containsExactly("a");
  }

  @Test
  void whatIsReleasedIsFreedByTheNewOwner() {
    Resources held = holding("a", "b");
    Resources released = held.release();
    held.close();
    assertThat(freed).isEmpty();
    released.close();
    assertThat(freed).containsExactly("b", "a");
  }

  private Resources holding(String... things) {
    Resources held = new Resources();
    for (String thing : things) held.hold(thing, () -> freed.add(thing));
    return held;
  }
}
