package dev.nescio.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How often the 95 % intervals hold the truth, on seeded draws of 150 answers from a known source. */
class IntervalCoverageTest {

  private static final int TRIALS = 600;
  private static final int ANSWERS = 150;

  @Test
  void intervalsHoldTheTruthAboutAsOftenAsTheySay() {
    Map<String, Double> truth = values(new Random(1), 400_000);
    Map<String, Integer> held = new HashMap<>();
    Random random = new Random(2);
    for (int t = 0; t < TRIALS; t++) {
      CalibrationSummary sample = draw(random, ANSWERS);
      for (Metric<CalibrationSummary> metric : Metrics.all("lenient")) {
        metric.of(sample).filter(e -> e.low() <= truth.get(metric.name()) && truth.get(metric.name()) <= e.high())
            .ifPresent(e -> held.merge(metric.name(), 1, Integer::sum));
      }
    }
    for (String name : new String[] {
      MetricNames.BRIER, MetricNames.BRIER_SKILL, MetricNames.NLL, MetricNames.SIGNED_ECE, MetricNames.AUROC,
      MetricNames.AUROC_P_IDK, MetricNames.AURC, MetricNames.AUARC, MetricNames.ACCURACY, MetricNames.A_FPR,
      MetricNames.IDK_F1, MetricNames.NAUPC, MetricNames.NAUPC_OVER_CEILING, MetricNames.CA_ACCURACY,
      MetricNames.AUPRC_CORRECT, MetricNames.AUPRC_INCORRECT, MetricNames.ECE, MetricNames.RMSCE,
      MetricNames.ADAPTIVE_ECE, MetricNames.ACE, MetricNames.MURPHY_RELIABILITY, MetricNames.MURPHY_RESOLUTION,
      MetricNames.MURPHY_UNCERTAINTY, MetricNames.PRR, MetricNames.PRR_50, MetricNames.SELECTIVE_ACCURACY_80
    }) {
      double share = held.getOrDefault(MetricNames.of(name, "lenient"), 0) / (double) TRIALS;
      // Three standard errors of a share of .95 in 600 trials are .027.
      assertThat(share).as("%s: %s", name, share).isGreaterThan(.92);
    }
  }

  @Test
  void theCoverageAtARiskIsHeldToo() {
    Map<String, Integer> held = new HashMap<>();
    Random random = new Random(3);
    // P(correct | c) = c with c the fourth root of a uniform: of those above a quantile u the risk is
    // 1 - .8 (1 - u^1.25)/(1 - u); .05 and .1 are reached where that is so.
    Map<String, Double> truth = Map.of(
        MetricNames.of(MetricNames.COVERAGE_AT_RISK_5, "lenient"), coverage(.05),
        MetricNames.of(MetricNames.COVERAGE_AT_RISK_10, "lenient"), coverage(.1));
    for (int t = 0; t < TRIALS; t++) {
      CalibrationSummary sample = new CalibrationSummary();
      for (int i = 0; i < ANSWERS; i++) {
        double c = Math.pow(random.nextDouble(), .25);
        sample.add(new Observation(OptionalInt.of(Observation.units(c)), OptionalInt.empty(),
            random.nextDouble() < c, false, false));
      }
      truth.forEach((name, value) -> Metrics.named(name, "lenient").of(sample)
          .filter(e -> e.low() <= value && value <= e.high()).ifPresent(e -> held.merge(name, 1, Integer::sum)));
    }
    assertThat(held.values()).hasSize(2).allMatch(n -> n > .92 * TRIALS);
  }

  /** The coverage at which the risk of the source is this much, by bisection. */
  private static double coverage(double risk) {
    double low = 0;
    double high = 1;
    for (int i = 0; i < 60; i++) {
      double u = (low + high) / 2;
      if (1 - .8 * (1 - Math.pow(u, 1.25)) / (1 - u) > risk) low = u;
      else high = u;
    }
    return 1 - low;
  }

  private static Map<String, Double> values(Random random, int n) {
    CalibrationSummary summary = draw(random, n);
    Map<String, Double> values = new HashMap<>();
    for (Metric<CalibrationSummary> metric : Metrics.all("lenient")) {
      values.put(metric.name(), metric.of(summary).orElseThrow().value());
    }
    return values;
  }

  /** Over-confident by a fifth, with a p_idk that knows something. */
  private static CalibrationSummary draw(Random random, int n) {
    CalibrationSummary summary = new CalibrationSummary();
    for (int i = 0; i < n; i++) {
      double c = Math.sqrt(random.nextDouble());
      boolean correct = random.nextDouble() < .8 * c;
      double pIdk = Math.pow(random.nextDouble(), correct ? 6 : 2);
      summary.add(new Observation(OptionalInt.of(Observation.units(c)), OptionalInt.of(Observation.units(pIdk)),
          correct, pIdk > .5, random.nextInt(5) == 0));
    }
    return summary;
  }
}
