package dev.nescio.metrics;

/**
 * The names that programs look up. A whole name is the constant, decorated with its population, and followed by the
 * grader where correctness matters: {@code ece:bins=10:edges=right:grader=lenient},
 * {@code answered_ece:bins=10:edges=right:grader=lenient}, {@code ece_audit:bins=10:edges=right:grader=lenient},
 * {@code coverage}.
 */
public final class MetricNames {

  public static final String ECE = "ece:bins=10:edges=right";
  public static final String ECE_15 = "ece:bins=15:edges=right";
  public static final String ECE_20 = "ece:bins=20:edges=right";
  /** Confidences on an edge count in the bin above. */
  public static final String ECE_LEFT = "ece:bins=10:edges=left";
  /** Without a grader: it depends on the confidences only. */
  public static final String ECE_NOISE_FLOOR = "ece_noise_floor:bins=10:edges=right";
  public static final String SIGNED_ECE = "signed_ece";
  public static final String MCE = "mce:bins=10:edges=right";
  public static final String RMSCE = "rmsce:bins=10:edges=right";
  /** Bins of equal mass. */
  public static final String ADAPTIVE_ECE = "adaptive_ece:bins=10";
  public static final String ADAPTIVE_ECE_GRID_ERROR = "adaptive_ece_grid_error:bins=10";
  /** Bins of equal mass and of equal weight. */
  public static final String ACE = "ace:bins=10";
  public static final String ACE_GRID_ERROR = "ace_grid_error:bins=10";
  public static final String BRIER = "brier";
  public static final String BRIER_SKILL = "brier_skill";
  public static final String MURPHY_RELIABILITY = "murphy_reliability:bins=10:edges=right";
  public static final String MURPHY_RESOLUTION = "murphy_resolution:bins=10:edges=right";
  public static final String MURPHY_UNCERTAINTY = "murphy_uncertainty";
  public static final String NLL = "nll:clip=1e-12";
  public static final String AUROC = "auroc";
  public static final String AUROC_GRID_ERROR = "auroc_grid_error";
  /** Of a wrong answer by p_idk. */
  public static final String AUROC_P_IDK = "auroc_p_idk";
  public static final String AUROC_P_IDK_GRID_ERROR = "auroc_p_idk_grid_error";
  public static final String AUPRC_CORRECT = "auprc_correct";
  public static final String AUPRC_CORRECT_GRID_ERROR = "auprc_correct_grid_error";
  public static final String AUPRC_INCORRECT = "auprc_incorrect";
  public static final String AUPRC_INCORRECT_GRID_ERROR = "auprc_incorrect_grid_error";
  public static final String AURC = "aurc";
  public static final String AURC_GRID_ERROR = "aurc_grid_error";
  public static final String E_AURC = "e_aurc";
  public static final String AUARC = "auarc";
  public static final String SELECTIVE_ACCURACY_50 = "selective_accuracy:coverage=0.5";
  public static final String SELECTIVE_ACCURACY_80 = "selective_accuracy:coverage=0.8";
  public static final String SELECTIVE_ACCURACY_GRID_ERROR_50 = "selective_accuracy_grid_error:coverage=0.5";
  public static final String SELECTIVE_ACCURACY_GRID_ERROR_80 = "selective_accuracy_grid_error:coverage=0.8";
  public static final String COVERAGE_AT_RISK_5 = "coverage_at_risk:risk=0.05";
  public static final String COVERAGE_AT_RISK_10 = "coverage_at_risk:risk=0.1";
  public static final String COVERAGE_AT_RISK_GRID_ERROR_5 = "coverage_at_risk_grid_error:risk=0.05";
  public static final String COVERAGE_AT_RISK_GRID_ERROR_10 = "coverage_at_risk_grid_error:risk=0.1";
  public static final String PRR = "prr:rejection=1";
  public static final String PRR_50 = "prr:rejection=0.5";
  public static final String PRR_GRID_ERROR = "prr_grid_error:rejection=1";
  public static final String PRR_GRID_ERROR_50 = "prr_grid_error:rejection=0.5";
  /** Over {@link Population#ANSWERED} it is the accuracy of what users saw. */
  public static final String ACCURACY = "accuracy";
  public static final String UA_ACCURACY = "ua_accuracy:alpha=1";
  public static final String CA_ACCURACY = "ca_accuracy:alpha=1";
  /** In percent, as published; everything else is a fraction. */
  public static final String NAUPC = "naupc";
  public static final String NAUPC_OVER_CEILING = "naupc_over_ceiling";
  public static final String A_FPR = "a_fpr";
  public static final String IDK_PRECISION = "idk_precision";
  public static final String IDK_RECALL = "idk_recall";
  public static final String IDK_F1 = "idk_f1";
  /** Without a grader. */
  public static final String IDK_RATE = "idk_rate";
  /** Without a grader. */
  public static final String COVERAGE = "coverage";

  private MetricNames() {}

  /** The whole name over all labelled answers, of a metric that depends on correctness. */
  public static String of(String metric, String grader) {
    return of(metric, Population.ALL, grader);
  }

  /** The whole name over a population, of a metric that depends on correctness. */
  public static String of(String metric, Population population, String grader) {
    return of(metric, population) + ":grader=" + grader;
  }

  /** The whole name over a population, of a metric that does not depend on correctness. */
  public static String of(String metric, Population population) {
    int parameters = metric.indexOf(':');
    if (parameters < 0) return population.of(metric);
    return population.of(metric.substring(0, parameters)) + metric.substring(parameters);
  }
}
