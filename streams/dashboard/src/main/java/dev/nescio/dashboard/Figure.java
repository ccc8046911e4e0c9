package dev.nescio.dashboard;

import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.MetricValue;
import java.util.Optional;

/**
 * The metrics that the page and Prometheus know, and how they are called in a {@link CalibrationSnapshot}.
 *
 * <p>A snapshot's name carries every parameter after colons ({@code ece:bins=10:edges=right:grader=lenient}); here
 * stands the beginning that must match, up to a colon or the end.
 */
public enum Figure {
  ECE(
      "ece", "ece:bins=10:edges=right", "calibration_ece",
      "Expected calibration error, ten equal-width bins"),
  ECE_NOISE_FLOOR(
      "eceNoiseFloor", "ece_noise_floor:bins=10:edges=right", "calibration_ece_noise_floor",
      "ECE of a calibrated model by chance alone"),
  ECE_AUDIT(
      "eceAudit", "ece_audit:bins=10:edges=right", "calibration_ece_audit",
      "ECE of the answers drawn at random for labelling"),
  ANSWERED_ECE(
      "answeredEce", "answered_ece:bins=10:edges=right", "calibration_answered_ece",
      "ECE of what was answered"),
  SIGNED_ECE(
      "signedEce", "signed_ece", "calibration_signed_ece",
      "Mean confidence minus accuracy"),
  MCE(
      "mce", "mce", "calibration_mce",
      "Largest calibration error of a bin"),
  BRIER(
      "brier", "brier", "calibration_brier",
      "Brier score"),
  BRIER_SKILL(
      "brierSkill", "brier_skill", "calibration_brier_skill",
      "Brier score relative to the base rate"),
  AUROC(
      "auroc", "auroc", "calibration_auroc",
      "P(confidence ranks a correct answer above a wrong one)"),
  AUROC_P_IDK(
      "aurocPIdk", "auroc_p_idk", "calibration_auroc_p_idk",
      "P(p_idk ranks a wrong answer above a correct one)"),
  ACCURACY(
      "accuracy", "accuracy", "calibration_accuracy",
      "Share of candidates that are correct"),
  A_FPR(
      "aFpr", "a_fpr", "abstention_a_fpr",
      "Share of correct candidates that were flagged IDK"),
  A_FPR_AUDIT(
      "aFprAudit", "a_fpr_audit", "abstention_a_fpr_audit",
      "A-FPR of the answers drawn at random for labelling"),
  COVERAGE(
      "coverage", "coverage", "abstention_coverage",
      "Share of labelled answers that were given to the user"),
  ANSWERED_ACCURACY(
      "answeredAccuracy", "answered_accuracy", "abstention_answered_accuracy",
      "Accuracy of what was answered"),
  IDK_RATE(
      "idkRate", "idk_rate", "abstention_idk_rate",
      "Share of labelled answers that were flagged IDK"),
  IDK_PRECISION(
      "idkPrecision", "idk_precision", "abstention_idk_precision",
      "Share of flagged candidates that are wrong"),
  IDK_RECALL(
      "idkRecall", "idk_recall", "abstention_idk_recall",
      "Share of wrong candidates that were flagged"),
  IDK_F1(
      "idkF1", "idk_f1", "abstention_idk_f1",
      "Harmonic mean of IDK precision and recall"),
  NAUPC(
      "naupc", "naupc", "abstention_naupc_percent",
      "Normalised area under the penalised curve, in percent"),
  NAUPC_OVER_CEILING(
      "naupcOverCeiling", "naupc_over_ceiling", "abstention_naupc_over_ceiling",
      "nAUPC over the best that this accuracy allows"),
  LABEL_DELAY_MEDIAN(
      "labelDelayMedian", "label_delay_seconds:quantile=0.5", "label_delay_median_seconds",
      "Time from answer to label that half of the labels kept"),
  LABEL_DELAY_P99(
      "labelDelayP99", "label_delay_seconds:quantile=0.99", "label_delay_p99_seconds",
      "Time from answer to label that 99 of 100 labels kept"),
  GRADER_AGREEMENT(
      "graderAgreement", "agreement:of=grader:with=person", "label_agreement_grader",
      "Share of answers labelled by both on which the grader agrees with people"),
  JUDGE_AGREEMENT(
      "judgeAgreement", "agreement:of=judge:with=person", "label_agreement_judge",
      "Share of answers labelled by both on which the judge agrees with people");

  private final String field;
  private final String metric;
  private final String series;
  private final String meaning;

  Figure(String field, String metric, String series, String meaning) {
    this.field = field;
    this.metric = metric;
    this.series = series;
    this.meaning = meaning;
  }

  /** Its name in JSON. */
  public String field() {
    return field;
  }

  /** Its Prometheus name; the ends of the interval are {@code _lower} and {@code _upper} of it. */
  public String series() {
    return series;
  }

  /** One line for people. */
  public String meaning() {
    return meaning;
  }

  /** Whether the name of a snapshot's metric means this figure. */
  public boolean names(String name) {
    return name.equals(metric) || name.startsWith(metric + ":");
  }

  /** This figure in a snapshot; empty when the snapshot does not list it at all. */
  public Optional<MetricValue> in(CalibrationSnapshot snapshot) {
    return snapshot.getMetrics().stream().filter(m -> names(m.getName())).findFirst();
  }
}
