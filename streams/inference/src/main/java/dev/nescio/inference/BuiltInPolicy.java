package dev.nescio.inference;

import dev.nescio.schemas.IdkMode;
import dev.nescio.schemas.Policy;
import dev.nescio.schemas.ThresholdScore;
import dev.nescio.schemas.ThresholdTarget;
import dev.nescio.schemas.UserSees;
import java.time.Instant;

/** The policy in force until an operator publishes one: token or threshold on p_idk, A-FPR at most 2.5 %, half of what the gate allows. */
final class BuiltInPolicy {

  private BuiltInPolicy() {}

  /**
   * @param estimator        whose calibrated score is the confidence; stands in the version, since it changes decisions
   * @param auditProbability share of answers marked for labelling, in [0, 1]
   */
  static Policy of(String estimator, double auditProbability) {
    return Policy.newBuilder()
        .setTenant(PolicyBook.ANY)
        .setDomain(PolicyBook.ANY)
        .setVersion("built-in:" + estimator)
        .setEstimator(estimator)
        .setIdkMode(IdkMode.EITHER)
        .setThresholdScore(ThresholdScore.P_IDK)
        .setThresholdTarget(ThresholdTarget.A_FPR_AT_MOST)
        .setAlpha(0.025)
        .setAuditProbability(auditProbability)
        .setUserSees(UserSees.FLAGGED_ANSWER)
        .setCreatedAt(Instant.EPOCH)
        .setCreatedBy("nescio")
        .build();
  }
}
