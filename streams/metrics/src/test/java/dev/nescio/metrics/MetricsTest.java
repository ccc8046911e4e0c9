package dev.nescio.metrics;

import static dev.nescio.metrics.Observations.answered;
import static dev.nescio.metrics.Observations.outcomes;
import static dev.nescio.metrics.Observations.random;
import static dev.nescio.metrics.Observations.summary;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of every metric of the list, and worked values. */
class MetricsTest {

  private static final String GRADER = "lenient";

  /** The shared test set of the training methods, section 21: accuracy .6. */
  private static final CalibrationSummary TS = summary(answered(
      new double[] {.95, .9, .85, .8, .6, .55, .4, .3, .2, 1.0}, new int[] {1, 1, 0, 1, 1, 0, 0, 1, 0, 1}));

  /** Fixture G of the estimators, section 16. */
  private static final CalibrationSummary G = summary(answered(
      new double[] {.95, .6, .8, .1, .5, .7, .2, .4, .3, 1.0}, new int[] {1, 0, 1, 0, 1, 1, 0, 0, 1, 1}));

  static List<Metric<CalibrationSummary>> all() {
    return Metrics.all(GRADER);
  }

  @ParameterizedTest
  @CsvSource({
    MetricNames.BRIER + ", .19275",
    MetricNames.BRIER_SKILL + ", .196875",
    MetricNames.NLL + ", .552419",
    MetricNames.AUROC + ", .791667",
    MetricNames.AUPRC_CORRECT + ", .883333",
    MetricNames.AURC + ", .201071",
    MetricNames.E_AURC + ", .088452",
    MetricNames.AUARC + ", .798929",
    MetricNames.SELECTIVE_ACCURACY_50 + ", .8",
    MetricNames.SELECTIVE_ACCURACY_80 + ", .625",
    MetricNames.ACCURACY + ", .6",
    MetricNames.PRR + ", .692212",
    MetricNames.PRR_50 + ", .502725",
    MetricNames.MURPHY_UNCERTAINTY + ", .24",
    // The first wrong answer is the fourth: 3 of 10 have no error, and 1 of 6 is .167.
    MetricNames.COVERAGE_AT_RISK_10 + ", .3",
    MetricNames.COVERAGE_AT_RISK_5 + ", .3",
    MetricNames.SIGNED_ECE + ", .055",  // mean c .655 - .6
  })
  void givesTheWorkedValueOfTheSharedSet(String name, double expected) {
    assertThat(value(TS, MetricNames.of(name, GRADER))).isCloseTo(expected, within(1e-6));
  }

  @Test
  void givesTheWorkedCalibrationErrorsWithFiveBins() {
    assertThat(new ExpectedCalibrationError(5, EdgeRule.RIGHT, Population.ALL, GRADER).of(TS).orElseThrow().value())
        .isCloseTo(.155, within(1e-12));
    assertThat(new ExpectedCalibrationError(5, EdgeRule.LEFT, Population.ALL, GRADER).of(TS).orElseThrow().value())
        .isCloseTo(.235, within(1e-12));
    ReliabilityCells cells = TS.view(Population.ALL).cells();
    assertThat(largest(cells.bins(5).occupied().gaps())).as("MCE, right-closed").isCloseTo(.2, within(1e-12));
    assertThat(largest(cells.leftClosedBins(5).occupied().gaps())).as("MCE, left-closed").isCloseTo(.475, within(1e-12));
  }

  private static double largest(double[] gaps) {
    return Arrays.stream(gaps).map(Math::abs).max().orElseThrow();
  }

  @Test
  void givesTheWorkedAreasOfTheBestOrder() {
    double best = value(TS, MetricNames.of(MetricNames.AURC, GRADER)) - value(TS, MetricNames.of(MetricNames.E_AURC, GRADER));
    assertThat(best).as("AURC* of section 21.4").isCloseTo(.112619, within(1e-6));
    assertThat(1 - best).as("the oracle's area of section 21.5").isCloseTo(.887381, within(1e-6));
    assertThat((.798929 - .6) / (.887381 - .6)).isCloseTo(value(TS, MetricNames.of(MetricNames.PRR, GRADER)), within(1e-5));
  }

  @Test
  void givesTheRatesOfTheWorkedOutcomes() {
    CalibrationSummary summary = summary(outcomes(68, 787, 528, 617));
    assertThat(value(summary, MetricNames.IDK_RATE)).isEqualTo(855 / 2000.0);
    assertThat(value(summary, MetricNames.COVERAGE)).isEqualTo(1145 / 2000.0);
    assertThat(value(summary, MetricNames.of(MetricNames.ACCURACY, Population.ANSWERED, GRADER))).isEqualTo(528 / 1145.0);
    assertThat(value(summary, MetricNames.of(MetricNames.A_FPR, GRADER))).isCloseTo(.11409, within(5e-6));
    assertThat(value(summary, MetricNames.of(MetricNames.IDK_PRECISION, GRADER))).isCloseTo(.92047, within(5e-6));
    assertThat(value(summary, MetricNames.of(MetricNames.IDK_RECALL, GRADER))).isCloseTo(.56054, within(5e-6));
  }

  @ParameterizedTest
  @CsvSource({
    MetricNames.ECE + ", .305",
    MetricNames.MCE + ", .7",
    MetricNames.BRIER + ", .14425",
    MetricNames.BRIER_SKILL + ", .398958",
    MetricNames.AUROC + ", .875",
    MetricNames.AUARC + ", .836429",
    MetricNames.PRR + ", .822701",
    MetricNames.PRR_50 + ", .645777",
  })
  void givesTheWorkedValueOfFixtureG(String name, double expected) {
    assertThat(value(G, MetricNames.of(name, GRADER))).isCloseTo(expected, within(1e-6));
  }

  @Test
  void givesTheWorkedErrorsOfEqualMassBins() {
    // Five pairs, by rising confidence: gaps .25, .475, .3, .375, .025. The middle of a cell is off by at most 1/7680.
    EqualMassBins bins = EqualMassBins.of(TS.view(Population.ALL).byConfidence(), 5);
    assertThat(bins.n()).containsExactly(2, 2, 2, 2, 2);
    double[] expected = {.25 - .5, .475, .7 - 1, .875 - .5, .975 - 1};
    for (int b = 0; b < 5; b++) assertThat(bins.gap()[b]).isCloseTo(expected[b], within(1.0 / 7680 + 1e-12));
    assertThat(bins.weightedError()).isCloseTo(.5 / 3840, within(1e-12));
    // Bins of equal size: adaptive ECE and ACE are the same.
    assertThat(Arrays.stream(bins.gap()).map(Math::abs).average().orElseThrow()).as("adaptive ECE, ACE, of five bins")
        .isCloseTo(.285, within(1.0 / 7680 + 1e-12));
    assertThat(largest(bins.gap())).as("MCE of bins of equal mass").isCloseTo(.475, within(1.0 / 7680 + 1e-12));
    // Ten bins of one answer each: the mean of |c - y|.
    assertThat(value(TS, MetricNames.of(MetricNames.ACE, GRADER))).isCloseTo(.345, within(1.0 / 7680 + 1e-12));
  }

  @Test
  void theMurphyPartsAddUpToTheBrierScoreWhereABinHoldsOneConfidence() {
    CalibrationSummary summary = summary(answered(
        new double[] {.2, .2, .2, .7, .7, .9, .9, .9, .9}, new int[] {0, 1, 0, 1, 0, 1, 1, 1, 0}));
    double sum = value(summary, MetricNames.of(MetricNames.MURPHY_RELIABILITY, GRADER))
        - value(summary, MetricNames.of(MetricNames.MURPHY_RESOLUTION, GRADER))
        + value(summary, MetricNames.of(MetricNames.MURPHY_UNCERTAINTY, GRADER));
    assertThat(sum).isCloseTo(value(summary, MetricNames.of(MetricNames.BRIER, GRADER)), within(1e-12));
  }

  @ParameterizedTest
  @CsvSource(nullValues = "-", value = {
    // a, b, c, d, accuracy, UA(1), CA(1) in %, nAUPC, A-FPR, IDK-P, IDK-R, IDK-F1 in %
    "68, 787, 528, 617, 29.8, 65.75, 23.0, 11.2690, 11.409, 92.047, 56.054, 69.68",
    "0, 0, 616, 1384, 30.8, 30.8, 30.8, 9.4864, 0, -, 0, -",
    "189, 916, 62, 106, 19.7, 76.8, -10.0, -1.9331, 75.3, 82.9, 89.6, 86.1",
    "304, 1248, 302, 146, 30.3, 77.5, -0.1, 2.7, 50.2, 80.4, 89.5, 84.7",
    "23, 83, 603, 291, 62.6, 68.6, 58.0, 38.1, 3.7, 78.3, 22.2, 34.6",
    "2, 350, 231, 690, 18.3, 45.6, 18.0, 5.8, 0.9, 99.4, 33.7, 50.3",
  })
  void givesThePublishedFiguresOfTheOutcomes(int a, int b, int c, int d, double accuracy, double ua, double ca,
      double naupc, double aFpr, Double precision, double recall, Double f1) {
    CalibrationSummary summary = summary(outcomes(a, b, c, d));
    assertThat(100 * value(summary, MetricNames.of(MetricNames.ACCURACY, GRADER))).isCloseTo(accuracy, within(.051));
    assertThat(100 * value(summary, MetricNames.of(MetricNames.UA_ACCURACY, GRADER))).isCloseTo(ua, within(.051));
    assertThat(100 * value(summary, MetricNames.of(MetricNames.CA_ACCURACY, GRADER))).isCloseTo(ca, within(.051));
    assertThat(value(summary, MetricNames.of(MetricNames.NAUPC, GRADER))).isCloseTo(naupc, within(.051));
    assertThat(100 * value(summary, MetricNames.of(MetricNames.A_FPR, GRADER))).isCloseTo(aFpr, within(.051));
    assertThat(100 * value(summary, MetricNames.of(MetricNames.IDK_RECALL, GRADER))).isCloseTo(recall, within(.051));
    assertThat(percent(summary, MetricNames.IDK_PRECISION)).satisfies(p -> near(p, precision));
    assertThat(percent(summary, MetricNames.IDK_F1)).satisfies(p -> near(p, f1));
  }

  @Test
  void givesTheExactNaupcOfTheWorkedCases() {
    assertThat(new OutcomeCounts(68, 787, 528, 617).naupc().orElseThrow()).isCloseTo(11.2690, within(5e-5));
    assertThat(new OutcomeCounts(0, 0, 616, 1384).naupc().orElseThrow()).isCloseTo(9.4864, within(5e-5));
    assertThat(new OutcomeCounts(189, 916, 62, 106).naupc().orElseThrow()).isCloseTo(-1.9331, within(5e-5));
    assertThat(new OutcomeCounts(1, 1, 0, 0).naupc().orElseThrow()).isCloseTo(-100.0 / 12, within(1e-12));
  }

  @Test
  void theBestThatAnAccuracyAllowsIsOneOverTheCeiling() {
    assertThat(new OutcomeCounts(0, 70, 30, 0).naupcOverCeiling().orElseThrow()).isCloseTo(1, within(1e-12));
    assertThat(new OutcomeCounts(0, 0, 0, 9).naupcOverCeiling()).isEmpty();
  }

  @Test
  void chanceIsOneHalfWhenEveryConfidenceIsEqual() {
    CalibrationSummary flat = summary(answered(new double[] {.5, .5, .5, .5}, new int[] {1, 0, 1, 0}));
    assertThat(value(flat, MetricNames.of(MetricNames.AUROC, GRADER))).isEqualTo(.5);
    assertThat(value(flat, MetricNames.of(MetricNames.ECE, GRADER))).isEqualTo(0);
    assertThat(value(flat, MetricNames.of(MetricNames.AURC, GRADER))).isCloseTo(.5, within(1e-12));
  }

  @ParameterizedTest
  @MethodSource("all")
  void isUndefinedOverNothing(Metric<CalibrationSummary> metric) {
    assertThat(metric.of(new CalibrationSummary())).isEmpty();
  }

  @Property(tries = 150)
  void everyValueIsFiniteAndInsideItsInterval(@ForAll @LongRange(min = 0, max = 1 << 30) long seed,
      @ForAll @IntRange(min = 1, max = 60) int n) {
    CalibrationSummary summary = summary(random(seed, n));
    for (Metric<CalibrationSummary> metric : all()) {
      metric.of(summary).ifPresent(e -> {
        assertThat(e.low()).as(metric.name()).isLessThanOrEqualTo(e.value());
        assertThat(e.high()).as(metric.name()).isGreaterThanOrEqualTo(e.value());
        assertThat(e.n()).as(metric.name()).isBetween(1L, (long) n);
      });
    }
  }

  @Test
  void namesAreUniqueAndSayTheirGrader() {
    assertThat(all().stream().map(Metric::name)).doesNotHaveDuplicates();
    assertThat(all().stream().map(Metric::name)).contains(
        "ece:bins=10:edges=right:grader=lenient", "answered_ece:bins=10:edges=right:grader=lenient",
        "ece_audit:bins=10:edges=right:grader=lenient", "coverage", "answered_accuracy:grader=lenient");
    assertThat(all().stream().filter(m -> !m.name().endsWith(":grader=lenient")).map(Metric::name)).containsExactly(
        "idk_rate", "coverage", "ece_noise_floor:bins=10:edges=right", "answered_ece_noise_floor:bins=10:edges=right",
        "ece_noise_floor_audit:bins=10:edges=right", "idk_rate_audit", "coverage_audit");
  }

  @Test
  void everyNamedConstantIsInTheList() throws IllegalAccessException {
    for (var field : MetricNames.class.getFields()) {
      String constant = (String) field.get(null);
      assertThat(all().stream().map(Metric::name))
          .as(field.getName()).containsAnyOf(constant, MetricNames.of(constant, GRADER));
    }
    assertThatThrownBy(() -> Metrics.named("vibes", GRADER)).hasMessageContaining("vibes").hasMessageContaining("ece");
  }

  @Test
  void everyMetricClassIsInTheList() throws IOException, URISyntaxException {
    Path classes = Path.of(Metrics.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.list(classes.resolve("dev/nescio/metrics"))) {
      List<Class<?>> found = files.map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".class"))
          .<Class<?>>map(file -> load("dev.nescio.metrics." + file.substring(0, file.length() - 6)))
          .filter(type -> Metric.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers()))
          .toList();
      assertThat(all().stream().<Class<?>>map(Object::getClass).distinct()).hasSameElementsAs(found);
    }
  }

  private static Optional<Double> percent(CalibrationSummary summary, String name) {
    return Metrics.named(MetricNames.of(name, GRADER), GRADER).of(summary).map(e -> 100 * e.value());
  }

  private static void near(Optional<Double> actual, Double expected) {
    if (expected == null) assertThat(actual).isEmpty();
    else assertThat(actual.orElseThrow()).isCloseTo(expected, within(.051));
  }

  private static double value(CalibrationSummary summary, String name) {
    return Metrics.named(name, GRADER).of(summary).orElseThrow().value();
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
