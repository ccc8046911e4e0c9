package dev.nescio.grading;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Correct when the candidate picks an accepted choice by its letter or by its text. Both sides may be a letter ({@code
 * B}, {@code (B)}, "the answer is B"), a text, or both ({@code B) Paris}); where both have a letter, the letters
 * decide, otherwise the texts as {@link NormalText}.
 *
 * <p>Only the candidate's first line is read. A lone letter may be lower case; {@code A} before a word without
 * punctuation is an article.
 *
 * <p>Range: true or false. An empty candidate is never correct.
 */
public final class MultipleChoiceGrader implements Grader {

  private static final Pattern LEAD =
      Pattern.compile("(?i)^(?:(?:the|my)\\s+)?(?:(?:correct|right|best|final)\\s+)?(?:answer|option|choice)"
          + "(?:\\s+is|\\s*:|\\s+)\\s*(?:(?:option|choice)\\s+)?");
  private static final Pattern LETTER = Pattern.compile("^\\(?([A-J])(?:[).:]+|\\s+[-\u2013\u2014]|$)\\s*(.*)$");
  private static final Pattern LONE_LETTER = Pattern.compile("^\\(?([A-Ja-j])[).]*$");

  /** What one side says. */
  private record Choice(Optional<String> letter, String text) {

    static Choice of(String answer) {
      String line = answer.strip().lines().findFirst().orElse("");
      String said = LEAD.matcher(line).replaceFirst("").strip();
      Matcher lone = LONE_LETTER.matcher(said);
      if (lone.matches()) return new Choice(Optional.of(lone.group(1).toUpperCase(Locale.ROOT)), "");
      Matcher letter = LETTER.matcher(said);
      return letter.matches()
          ? new Choice(Optional.of(letter.group(1)), NormalText.of(letter.group(2)))
          : new Choice(Optional.empty(), NormalText.of(said));
    }

    boolean matches(Choice accepted) {
      if (letter.isPresent() && accepted.letter.isPresent()) return letter.equals(accepted.letter);
      return !text.isEmpty() && text.equals(accepted.text);
    }
  }

  @Override
  public String name() {
    return "multiple-choice";
  }

  @Override
  public boolean correct(String candidate, List<String> accepted) {
    Graders.requireAccepted(accepted);
    Choice said = Choice.of(candidate);
    return accepted.stream().map(Choice::of).anyMatch(said::matches);
  }
}
