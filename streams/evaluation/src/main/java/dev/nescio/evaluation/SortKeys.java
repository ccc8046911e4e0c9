package dev.nescio.evaluation;

/** Numbers in keys that sort as text. */
final class SortKeys {

  private static final int DIGITS = 19;
  private static final String ZEROS = "0".repeat(DIGITS);

  private SortKeys() {}

  /** Nineteen digits, which hold every number that is not negative. */
  static String digits(long number) {
    if (number < 0) throw new IllegalArgumentException("a number in a key is not negative: " + number);
    String plain = Long.toString(number);
    return ZEROS.substring(plain.length()).concat(plain);
  }
}
