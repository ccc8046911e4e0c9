package dev.nescio.grading;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalTextTest {

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
      The  Hague.            | hague
      Washington, D.C.       | washington dc
      Guinea-Bissau          | guinea bissau
      St. George's           | st georges
      St. George\u2019s      | st georges
      1,000 islands          | 1000 islands
      1,2,3                  | 1 2 3
      3.5                    | 3 5
      \uff30\uff41\uff52\uff49\uff53 | paris
      \u0130stanbul          | i\u0307stanbul
      S\u00e3o Tom\u00e9     | s\u00e3o tom\u00e9
      Sa\u0303o Tome\u0301   | s\u00e3o tom\u00e9
      A                      | a
      an apple a day         | apple day
      Paris,France           | paris france
      "  !?  "               | ""
      """)
  void isWhatGradersCompare(String text, String expected) {
    assertThat(NormalText.of(text)).isEqualTo(expected);
  }

  @Property
  void doingItTwiceChangesNothing(@ForAll String text) {
    String once = NormalText.of(text);
    assertThat(NormalText.of(once)).isEqualTo(once);
  }

  @Property
  void holdsOnlyLettersMarksAndDigitsBetweenSingleSpaces(@ForAll String text) {
    assertThat(NormalText.of(text)).matches("([\\p{L}\\p{M}\\p{N}]+( [\\p{L}\\p{M}\\p{N}]+)*)?");
  }
}
