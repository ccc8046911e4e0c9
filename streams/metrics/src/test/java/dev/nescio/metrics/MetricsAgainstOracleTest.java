package dev.nescio.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nescio.metrics.BatchOracle.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Predicate;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** Summaries against definitions over unquantised scores, at prefixes and in sliding windows of random streams. */
class MetricsAgainstOracleTest {

  private static final String GRADER = "lenient";

  /** Rounding to 10⁻⁹ moves a mean by at most half a unit; a log-likelihood near an end by more. */
  private static final double ROUNDING = 2e-9;

  @Property(tries = 25)
  void agreesAtEveryPrefixAndAfterSliding(@ForAll @LongRange(min = 0, max = 1 << 30) long seed) {
    List<Item> stream = stream(seed, 70);
    CalibrationSummary growing = new CalibrationSummary();
    CalibrationSummary window = new CalibrationSummary();
    int length = 1 + (int) (seed % 30);
    for (int i = 0; i < stream.size(); i++) {
      growing.add(observe(stream.get(i)));
      window.add(observe(stream.get(i)));
      if (i >= length) window.remove(observe(stream.get(i - length)));
      if (i % 7 == 0) {
        compare(growing, stream.subList(0, i + 1));
        compare(window, stream.subList(Math.max(0, i + 1 - length), i + 1));
      }
    }
    for (Population population : Population.values()) {
      Predicate<Item> member = item -> population.includes(item.idk(), item.audited());
      List<Item> items = stream.stream().filter(member).toList();
      if (items.isEmpty()) continue;
      assertThat(value(growing, MetricNames.of(MetricNames.ECE, population, GRADER)))
          .isCloseTo(new BatchOracle(items).ece(10), within(ROUNDING));
    }
  }

  @Test
  void theGridCostsLittleAtFullSize() {
    List<Item> stream = stream(11, 3000);
    CalibrationSummary summary = new CalibrationSummary();
    stream.forEach(item -> summary.add(observe(item)));
    compare(summary, stream);
    assertThat(value(summary, MetricNames.of(MetricNames.AUROC_GRID_ERROR, GRADER))).isLessThan(5e-4);
    assertThat(value(summary, MetricNames.of(MetricNames.AUROC_P_IDK_GRID_ERROR, GRADER))).isLessThan(2e-3);
    assertThat(value(summary, MetricNames.of(MetricNames.AURC_GRID_ERROR, GRADER))).isLessThan(1e-3);
    assertThat(value(summary, MetricNames.of(MetricNames.ADAPTIVE_ECE_GRID_ERROR, GRADER))).isLessThan(2e-2);
    assertThat(value(summary, MetricNames.of(MetricNames.PRR_GRID_ERROR, GRADER))).isLessThan(1e-2);
    assertThat(value(summary, MetricNames.of(MetricNames.COVERAGE_AT_RISK_GRID_ERROR_10, GRADER))).isLessThan(1e-2);
  }

  private static void compare(CalibrationSummary summary, List<Item> items) {
    BatchOracle oracle = new BatchOracle(items);
    for (int bins : new int[] {10, 15, 20}) {
      near(summary, "ece:bins=" + bins + ":edges=right", oracle.ece(bins), ROUNDING);
    }
    near(summary, MetricNames.ECE_LEFT, oracle.eceClosedOnTheLeft(10), ROUNDING);
    near(summary, MetricNames.MCE, oracle.mce(10), ROUNDING);
    near(summary, MetricNames.RMSCE, oracle.rmsce(10), ROUNDING);
    near(summary, MetricNames.BRIER, oracle.brier(), ROUNDING);
    near(summary, MetricNames.NLL, oracle.nll(), 1e-6);
    near(summary, MetricNames.NAUPC, oracle.naupc(), 1e-5);
    nearGrid(summary, MetricNames.AUROC, MetricNames.AUROC_GRID_ERROR, oracle.auroc());
    nearGrid(summary, MetricNames.AUROC_P_IDK, MetricNames.AUROC_P_IDK_GRID_ERROR, oracle.idkAuroc());
    nearGrid(summary, MetricNames.AUPRC_CORRECT, MetricNames.AUPRC_CORRECT_GRID_ERROR,
        oracle.averagePrecisionOfCorrect());
    nearGrid(summary, MetricNames.AUPRC_INCORRECT, MetricNames.AUPRC_INCORRECT_GRID_ERROR,
        oracle.averagePrecisionOfIncorrect());
    nearGrid(summary, MetricNames.ADAPTIVE_ECE, MetricNames.ADAPTIVE_ECE_GRID_ERROR,
        Optional.of(oracle.adaptiveEce(10)));
    nearGrid(summary, MetricNames.ACE, MetricNames.ACE_GRID_ERROR, Optional.of(oracle.ace(10)));
    near(summary, MetricNames.MURPHY_RELIABILITY, Math.pow(oracle.rmsce(10), 2), ROUNDING);
    if (items.size() > 500) return;
    near(summary, MetricNames.MURPHY_RESOLUTION, oracle.resolution(10), ROUNDING);
    nearGrid(summary, MetricNames.PRR, MetricNames.PRR_GRID_ERROR, oracle.prr(1));
    nearGrid(summary, MetricNames.PRR_50, MetricNames.PRR_GRID_ERROR_50, oracle.prr(.5));
    nearGrid(summary, MetricNames.COVERAGE_AT_RISK_5, MetricNames.COVERAGE_AT_RISK_GRID_ERROR_5,
        Optional.of(oracle.coverageAtRisk(.05)));
    nearGrid(summary, MetricNames.COVERAGE_AT_RISK_10, MetricNames.COVERAGE_AT_RISK_GRID_ERROR_10,
        Optional.of(oracle.coverageAtRisk(.1)));
    nearGrid(summary, MetricNames.SELECTIVE_ACCURACY_50, MetricNames.SELECTIVE_ACCURACY_GRID_ERROR_50,
        Optional.of(oracle.selectiveAccuracy(.5)));
    nearGrid(summary, MetricNames.AURC, MetricNames.AURC_GRID_ERROR, Optional.of(oracle.aurc()));
    if (items.size() > 1) {
      nearGrid(summary, MetricNames.E_AURC, MetricNames.AURC_GRID_ERROR,
          Optional.of(oracle.aurc() - oracle.bestAurc()));
    }
    nearGrid(summary, MetricNames.SELECTIVE_ACCURACY_80, MetricNames.SELECTIVE_ACCURACY_GRID_ERROR_80,
        Optional.of(oracle.selectiveAccuracy(.8)));
  }

  private static void near(CalibrationSummary summary, String name, double expected, double bound) {
    assertThat(value(summary, MetricNames.of(name, GRADER))).as(name).isCloseTo(expected, within(bound));
  }

  private static void nearGrid(CalibrationSummary summary, String name, String error, Optional<Double> expected) {
    Optional<Estimate> actual = Metrics.named(MetricNames.of(name, GRADER), GRADER).of(summary);
    assertThat(actual.isPresent()).as(name).isEqualTo(expected.isPresent());
    if (expected.isEmpty()) return;
    double bound = value(summary, MetricNames.of(error, GRADER)) + 1e-12;
    assertThat(actual.get().value()).as(name).isCloseTo(expected.get(), within(bound));
  }

  private static double value(CalibrationSummary summary, String name) {
    return Metrics.named(name, GRADER).of(summary).orElseThrow().value();
  }

  private static Observation observe(Item i) {
    return new Observation(OptionalInt.of(Observation.units(i.confidence())),
        OptionalInt.of(Observation.units(i.pIdk())), i.correct(), i.idk(), i.audited());
  }

  private static List<Item> stream(long seed, int n) {
    Random random = new Random(seed);
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      double c = .01 + .98 * random.nextDouble();
      boolean correct = random.nextDouble() < c;
      double pIdk = Math.pow(random.nextDouble(), correct ? 5 : 2);
      items.add(new Item(c, pIdk, correct, pIdk > .3, random.nextInt(3) == 0));
    }
    return items;
  }
}
