package dev.nescio.grading;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MultipleChoiceGraderTest {

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      B                            | B              | true
      b                            | B              | true
      (B)                          | B) Paris       | true
      B.                           | B              | true
      The answer is B              | B              | true
      The correct answer is (B).   | B) Paris       | true
      Answer: B) Paris             | B              | true
      Option B                     | B              | true
      A                            | B              | false
      A) Paris                     | B) Paris       | false
      Paris                        | B) Paris       | true
      the answer is Paris          | B: Paris       | true
      B) Paris                     | Paris          | true
      B) London                    | Paris          | false
      A dog                        | A              | false
      A dog                        | C) a dog        | true
      Berlin                       | B              | false
      C - a dog                    | C              | true
      """)
  void readsLetterOrText(String candidate, String accepted, boolean expected) {
    assertThat(new MultipleChoiceGrader().correct(candidate, List.of(accepted))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"B, true", "Paris, true", "C, false"})
  void letterAndTextMayBeAcceptedApart(String candidate, boolean expected) {
    assertThat(new MultipleChoiceGrader().correct(candidate, List.of("B", "Paris"))).isEqualTo(expected);
  }
}
