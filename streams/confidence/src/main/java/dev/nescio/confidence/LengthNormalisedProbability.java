package dev.nescio.confidence;

import dev.nescio.confidence.EvidenceKey.AnswerSpan;

/**
 * Geometric mean of the token probabilities: {@code exp((1/L) sum l_t)}, the inverse of the perplexity.
 *
 * <p>In (0, 1], higher is more confident; one wrong token among many sure ones hardly moves it: unbounded.
 *
 * <p>Source: Malinin and Gales 2021 (arXiv 2002.07650), section 3; the default of uqlm's token scorers.
 */
public final class LengthNormalisedProbability extends SpanEstimator {

  @Override
  public String name() {
    return "length-normalised-probability";
  }

  @Override
  Score ofTokens(AnswerSpan span) {
    return Score.unbounded(Math.exp(sum(span.logProbs()) / span.logProbs().size()));
  }
}
