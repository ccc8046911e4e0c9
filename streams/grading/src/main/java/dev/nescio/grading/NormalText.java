package dev.nescio.grading;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Text as graders, splits and question ids compare it: NFKC, lower case, no punctuation, no English articles, words
 * separated by one space.
 *
 * <p>Apostrophes, the full stops of initials and the commas between groups of digits vanish, so that {@code D.C.} is
 * {@code dc} and {@code 1,000} is {@code 1000}; every other character that is no letter, mark or digit separates words,
 * so that {@code Guinea-Bissau} is {@code guinea bissau}. Accents stay. A text of nothing but articles keeps them: the
 * option {@code A} of a multiple-choice question is an answer.
 *
 * <p>{@code of} is idempotent.
 */
public final class NormalText {

  private static final Set<String> ARTICLES = Set.of("a", "an", "the");
  private static final Pattern APOSTROPHES = Pattern.compile("['\u2018\u2019\u02bc`\u00b4]");
  private static final Pattern STOP_OF_INITIAL = Pattern.compile("(?<![\\p{L}\\p{M}\\p{N}])(\\p{L})\\.");
  private static final Pattern COMMA_IN_NUMBER = Pattern.compile("(?<=\\p{Nd}),(?=\\p{Nd}{3}(?!\\p{Nd}))");
  private static final Pattern SEPARATORS = Pattern.compile("[^\\p{L}\\p{M}\\p{N}]+");

  private NormalText() {}

  /** The normal form; empty for a text without a letter or digit. */
  public static String of(String text) {
    return String.join(" ", words(text));
  }

  /** The words of the normal form, in order. */
  public static List<String> words(String text) {
    // The acute accent alone decomposes to space and mark under NFKC, so apostrophes go first.
    String plain = APOSTROPHES.matcher(text).replaceAll("");
    plain = lowerCase(plain);
    plain = APOSTROPHES.matcher(plain).replaceAll("");
    plain = STOP_OF_INITIAL.matcher(plain).replaceAll("$1");
    plain = COMMA_IN_NUMBER.matcher(plain).replaceAll("");
    List<String> all = Arrays.stream(SEPARATORS.split(plain)).filter(word -> !word.isEmpty()).toList();
    List<String> kept = all.stream().filter(word -> !ARTICLES.contains(word)).toList();
    return kept.isEmpty() ? all : kept;
  }

  /** Lower-casing can undo the normal form (a capital I with a dot becomes two characters) and the other way round. */
  private static String lowerCase(String text) {
    String before = Normalizer.normalize(text, Form.NFKC);
    while (true) {
      String after = Normalizer.normalize(before.toLowerCase(Locale.ROOT), Form.NFKC);
      if (after.equals(before)) return after;
      before = after;
    }
  }
}
