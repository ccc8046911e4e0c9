package dev.nescio.grading;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.tartarus.snowball.ext.porterStemmer;

/**
 * Correct when the ROUGE-L F1 of the candidate and some accepted answer reaches a threshold: {@code 2 LCS / (words of
 * one + words of the other)}, over words in lower case, stemmed by Porter when longer than three letters. Forgives
 * other words around and between; it does not see a "not".
 *
 * <p>Range: true or false. A candidate without a letter or digit is never correct.
 *
 * <p>Source: Lin 2004, section 3; words and stemming as Google's {@code rouge_score}, except that letters of every
 * script count and a few words that its stemmer treats apart ("crying", "ties") follow Porter 1980. KWT (Lee et al.
 * 2026) uses .35 for long answers and .6 for short ones.
 */
public final class RougeLGrader implements Grader {

  private static final Pattern SEPARATORS = Pattern.compile("[^\\p{L}\\p{M}\\p{Nd}]+");
  private static final Pattern STEMMED = Pattern.compile("[a-z0-9]{4,}");

  private final BigDecimal threshold;

  /**
   * @param threshold as it stands in the name, in (0, 1]
   */
  public RougeLGrader(String threshold) {
    this.threshold = new BigDecimal(threshold);
    if (this.threshold.signum() <= 0 || this.threshold.compareTo(BigDecimal.ONE) > 0) {
      throw new IllegalArgumentException("a ROUGE-L threshold is in (0, 1], not " + threshold);
    }
  }

  @Override
  public String name() {
    return "rouge-l:threshold=" + threshold.toPlainString();
  }

  @Override
  public boolean correct(String candidate, List<String> accepted) {
    Graders.requireAccepted(accepted);
    List<String> said = words(candidate);
    return !said.isEmpty() && accepted.stream().map(RougeLGrader::words).anyMatch(answer -> reaches(said, answer));
  }

  private boolean reaches(List<String> said, List<String> answer) {
    BigDecimal common = BigDecimal.valueOf(2L * longestCommonSubsequence(said, answer));
    return common.compareTo(threshold.multiply(BigDecimal.valueOf(said.size() + answer.size()))) >= 0;
  }

  static List<String> words(String text) {
    porterStemmer stemmer = new porterStemmer();
    List<String> words = new ArrayList<>();
    for (String word : SEPARATORS.split(text.toLowerCase(Locale.ROOT))) {
      if (word.isEmpty()) continue;
      if (STEMMED.matcher(word).matches()) {
        stemmer.setCurrent(word);
        stemmer.stem();
        words.add(stemmer.getCurrent());
      } else {
        words.add(word);
      }
    }
    return words;
  }

  static int longestCommonSubsequence(List<String> a, List<String> b) {
    int[] row = new int[b.size() + 1];
    for (String word : a) {
      int diagonal = 0;
      for (int j = 1; j <= b.size(); j++) {
        int above = row[j];
        row[j] = word.equals(b.get(j - 1)) ? diagonal + 1 : Math.max(above, row[j - 1]);
        diagonal = above;
      }
    }
    return row[b.size()];
  }
}
