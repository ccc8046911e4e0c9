package dev.nescio.confidence;

import dev.nescio.confidence.EvidenceKey.AnswerSpan;

/**
 * Mean entropy of the full next-token distributions, negated: {@code -(1/L) sum H_t}, in nats.
 *
 * <p>In [-ln V, 0] for a vocabulary of V tokens, higher is more confident. Abstains when the model reports no
 * entropies.
 *
 * <p>Source: Fomicheva et al. 2020 (arXiv 2005.10608), section 4.1; LM-Polygraph's {@code MeanTokenEntropy}, which
 * returns the positive value.
 */
public final class MeanTokenEntropy extends SpanEstimator {

  @Override
  public String name() {
    return "mean-token-entropy";
  }

  @Override
  Score ofTokens(AnswerSpan span) {
    if (span.entropies().isEmpty()) return Score.abstain("missing:entropies");
    return Score.unbounded(-sum(span.entropies()) / span.entropies().size());
  }
}
