package dev.nescio.confidence;

import java.util.List;

/**
 * A typed name of one piece of evidence; the constants document shape and unit.
 *
 * @param name stable id
 * @param type what the piece is
 */
public record EvidenceKey<T>(String name, Class<T> type) {

  /** The answer span of the shown (greedy) answer: per token log-probability, entropy, margin. */
  public static final EvidenceKey<AnswerSpan> ANSWER_SPAN = new EvidenceKey<>("answer-span", AnswerSpan.class);

  /** P({@code <IDK>}) in [0, 1] at the position after the span. */
  public static final EvidenceKey<Double> P_IDK = new EvidenceKey<>("p-idk", Double.class);

  /**
   * The tokens of an answer.
   *
   * @param logProbs  natural log-probabilities at temperature 1, one a token, at most 0
   * @param entropies full-vocabulary entropies in nats, one a token; empty if the model cannot say
   */
  public record AnswerSpan(List<Double> logProbs, List<Double> entropies) {
    public AnswerSpan {
      logProbs = List.copyOf(logProbs);
      entropies = List.copyOf(entropies);
      if (!entropies.isEmpty() && entropies.size() != logProbs.size()) {
        throw new IllegalArgumentException(
            entropies.size() + " entropies for " + logProbs.size() + " tokens");
      }
    }
  }
}
