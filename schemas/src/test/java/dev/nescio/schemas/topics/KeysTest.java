package dev.nescio.schemas.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTest {

  @Test
  void writesWithoutSpacesAndEscapesOnlyWhatItMust() {
    assertThat(Keys.encode("*", "a\"b\\c/é\n\u0001")).isEqualTo("[\"*\",\"a\\\"b\\\\c/é\\n\\u0001\"]");
    assertThat(Keys.encode()).isEqualTo("[]");
    assertThat(Keys.policy("*", "geo")).isEqualTo("[\"*\",\"geo\"]");
  }

  @Property
  void decodesWhatItEncoded(@ForAll List<String> parts) {
    assertThat(Keys.decode(Keys.encode(parts.toArray(String[]::new)))).isEqualTo(parts);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "{}", "[1]", "[ \"a\"]", "[\"a\"] ", "[\"a\"][]", "[\"\\u0061\"]", "[null]"})
  void refusesEveryOtherSpelling(String key) {
    assertThatThrownBy(() -> Keys.decode(key)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("canonical JSON array");
  }
}
