package dev.nescio.grading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberGraderTest {

  private final Grader number = new NumberGrader("0.01");

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
      1969                           | 1969                | true
      It happened in 1969.           | 1969                | true
      1970                           | 1969                | true
      1,234,567                      | 1234567             | true
      1 234 567                      | 1234567             | true
      3,14                           | 3.14                | true
      about 8.0 billion people       | 8 billion people    | true
      7.9 bn                         | 8,000,000,000       | false
      5 km                           | 5000 m              | true
      5 miles                        | 5 km                | false
      5 miles                        | 8.05 kilometres     | true
      5 kg                           | 5 km                | false
      5                              | 5 km                | true
      5 km                           | 5                   | true
      5000 m                         | 5                   | false
      -4 \u00b0C                     | -4                  | true
      \u22124                        | 4                   | false
      50%                            | 50 percent          | true
      11 September                   | 11 March            | false
      11                             | 11 March            | true
      on 11 March                    | 11 March            | true
      11                             | Apollo 11           | false
      apollo 11.                     | Apollo 11           | true
      Apollo 11                      | 11                  | true
      B12                            | 12                  | false
      1990-1995                      | 1990                | true
      100.9                          | 100                 | true
      101.1                          | 100                 | false
      0                              | 0                   | true
      0.001                          | 0                   | false
      none                           | 7                   | false
      """)
  void comparesQuantities(String candidate, String accepted, boolean expected) {
    assertThat(number.correct(candidate, List.of(accepted))).isEqualTo(expected);
  }

  @Test
  void theToleranceIsInTheNameAndRelativeToTheAcceptedNumber() {
    assertThat(number.name()).isEqualTo("number:tolerance=0.01");
    assertThat(new NumberGrader("0").correct("1970", List.of("1969"))).isFalse();
    assertThat(new NumberGrader("0.1").correct("110", List.of("100"))).isTrue();
    assertThat(new NumberGrader("0.1").correct("-110", List.of("-100"))).isTrue();
    assertThatThrownBy(() -> new NumberGrader("1")).hasMessageContaining("[0, 1)");
  }
}
