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
      MetricNames.AUPRC_CORRECT, MetricNames.AUPRC_INCORRECT, MetricNames.ECE, MetricNames.RMSCE
    }) {
      double share = held.getOrDefault(MetricNames.of(name, "lenient"), 0) / (double) TRIALS;
      // Three standard errors of a share of .95 in 600 trials are .027.
      assertThat(share).as("%s: %s", name, share).isGreaterThan(.92);
    }
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
