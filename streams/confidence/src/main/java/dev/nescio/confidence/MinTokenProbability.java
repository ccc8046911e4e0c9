package dev.nescio.confidence;

import dev.nescio.confidence.EvidenceKey.AnswerSpan;
import java.util.Collections;

/**
 * Probability of the least likely token of the shown answer: {@code exp(min l_t)}.
 *
 * <p>In (0, 1], higher is more confident; the least sure token often carries the content: unbounded.
 *
 * <p>Source: Manakul et al. 2023 (SelfCheckGPT, arXiv 2303.08896), section 4; uqlm's {@code min_probability}.
 */
public final class MinTokenProbability extends SpanEstimator {

  @Override
  public String name() {
    return "min-token-probability";
  }

  @Override
  Score ofTokens(AnswerSpan span) {
    return Score.unbounded(Math.exp(Collections.min(span.logProbs())));
  }
}
