package dev.nescio.model.sampling;

/**
 * Weakens tokens that have occurred: a positive logit is divided by the penalty, another multiplied with it, once a
 * token however often it occurred. Source: Keskar et al. 2019, CTRL, section 4.1, with the sign rule that is usual
 * today.
 *
 * @param penalty above 0; 1 changes nothing, below 1 favours what has occurred
 */
record RepetitionPenalty(double penalty) {

  /**
   * @param logProbs [V] log-probabilities; not changed
   * @param logSum   what has to be added to them to have the model's logits again
   * @return [V] penalised logits less {@code logSum}
   */
  float[] apply(float[] logProbs, float logSum, TokenHistory seen) {
    float[] weakened = logProbs.clone();
    for (int i = 0; i < seen.size(); i++) {
      int id = seen.get(i);
      if (id >= weakened.length) continue; // a token of the prompt that the model cannot emit
      double logit = (double) logProbs[id] + logSum;
      weakened[id] = (float) ((logit > 0 ? logit / penalty : logit * penalty) - logSum);
    }
    return weakened;
  }
}
