package dev.nescio.answering;

import dev.nescio.confidence.Score;
import dev.nescio.language.Generation;
import java.util.Map;
import java.util.Optional;

/**
 * A candidate with its evidence and raw scores, before any decision.
 *
 * @param candidate the answer span, stripped; empty text counts as incorrect
 * @param sequence  the tokens it was made of
 * @param scores    what each estimator said, by name
 * @param pIdk      P({@code <IDK>}) after the span; empty for a model without the token
 * @param idkToken  true when the model emitted {@code <IDK>}
 * @param promptTokens       length of the prompt in tokens
 * @param cachedPromptTokens of these, from the prefix cache
 */
public record Draft(
    String candidate, Generation.Sequence sequence, Map<String, Score> scores, Optional<Double> pIdk,
    boolean idkToken, int promptTokens, int cachedPromptTokens) {

  public Draft {
    scores = Map.copyOf(scores);
  }
}
