package dev.nescio.confidence;

import dev.nescio.confidence.EvidenceKey.AnswerSpan;

/**
 * Probability of the whole shown answer: {@code exp(sum l_t)} over the tokens of the span, without the end token.
 *
 * <p>In (0, 1], higher is more confident; shrinks with length, so it ranks answers and is no P(correct): unbounded.
 *
 * <p>Source: Aichberger et al. 2024 (G-NLL, arXiv 2412.15176); the maximum sequence probability of LM-Polygraph.
 */
public final class SequenceProbability extends SpanEstimator {

  @Override
  public String name() {
    return "sequence-probability";
  }

  @Override
  Score ofTokens(AnswerSpan span) {
    return Score.unbounded(Math.exp(sum(span.logProbs())));
  }
}
