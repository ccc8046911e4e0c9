package dev.nescio.answering;

import dev.nescio.answering.Ask.Exemplar;
import java.util.List;

/**
 * The prompt text of an {@link Ask}. The name of the template stands on every release, since an adapter is bound to the
 * prompt that it was trained with.
 *
 * <p>Source: Lee et al. 2026 (KWT, arXiv 2604.05779), section 3.1 and the released code.
 */
public final class Prompts {

  /** {@code Question: q}, an empty line, {@code Answer:}. */
  public static final String ZERO_SHOT = "qa-zero-shot.v1";

  private static final String LEAD_IN = "Here are some examples of questions and answers.\n\n";

  private Prompts() {}

  /** The whole prompt; the model continues with a space and the answer. */
  public static String render(Ask ask) {
    return prefix(ask.exemplars()) + question(ask);
  }

  /**
   * What all questions after the same exemplars share: the lead-in sentence, then {@code Question:} and {@code Answer:}
   * of each exemplar with an empty line after it; empty without exemplars.
   */
  public static String prefix(List<Exemplar> exemplars) {
    if (exemplars.isEmpty()) return "";
    StringBuilder text = new StringBuilder(LEAD_IN);
    for (Exemplar e : exemplars) {
      text.append("Question: ").append(e.question()).append("\nAnswer: ").append(e.answer()).append("\n\n");
    }
    return text.toString();
  }

  private static String question(Ask ask) {
    StringBuilder text = new StringBuilder();
    ask.context().ifPresent(context -> text.append("Context: ").append(context).append("\n\n"));
    text.append("Question: ").append(ask.question());
    if (!ask.choices().isEmpty()) {
      text.append("\nChoices: ").append(String.join("; ", ask.choices()));
    }
    // Few-shot examples have question and answer on neighbouring lines; zero-shot has an empty line between (KWT code).
    return text.append(ask.exemplars().isEmpty() ? "\n\nAnswer:" : "\nAnswer:").toString();
  }
}
