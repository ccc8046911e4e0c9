package dev.nescio.confidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.nescio.confidence.EvidenceKey.AnswerSpan;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of every estimator of the list, and worked values. */
class EstimatorsTest {

  /** Fixture A; entropies of fixture B: rows (.7, .2, .05, .05) and uniform over 4. */
  private static final Evidence FIXTURE = Evidence.none().with(EvidenceKey.ANSWER_SPAN,
      new AnswerSpan(List.of(-.1, -.5, -1.2, -.05), List.of(.871133, 1.386294, .871133, 1.386294)));

  static List<ConfidenceEstimator> all() {
    return Estimators.all();
  }

  @ParameterizedTest
  @CsvSource({
    "sequence-probability, .157237",              // exp(-1.85)
    "length-normalised-probability, .629707",     // exp(-1.85 / 4)
    "min-token-probability, .301194",             // exp(-1.2)
    "mean-token-entropy, -1.1287135",             // -(.871133 + 1.386294) / 2
  })
  void givesTheWorkedValue(String name, double expected) {
    assertThat(Estimators.named(name).score(FIXTURE)).isInstanceOfSatisfying(Score.Unbounded.class,
        score -> assertThat(score.value()).isCloseTo(expected, within(5e-7)));
  }

  @ParameterizedTest
  @MethodSource("all")
  void missingEvidenceAbstainsByName(ConfidenceEstimator estimator) {
    assertThat(estimator.score(Evidence.none())).isEqualTo(Score.abstain("missing:answer-span"));
  }

  @ParameterizedTest
  @MethodSource("all")
  void anEmptyAnswerAbstains(ConfidenceEstimator estimator) {
    Evidence empty = Evidence.none().with(EvidenceKey.ANSWER_SPAN, new AnswerSpan(List.of(), List.of()));
    assertThat(estimator.score(empty)).isEqualTo(Score.abstain("empty-answer"));
  }

  @ParameterizedTest
  @MethodSource("all")
  void theSameEvidenceGivesTheSameScoreOnManyThreads(ConfidenceEstimator estimator) {
    Score expected = estimator.score(FIXTURE);
    assertThat(IntStream.range(0, 200).parallel().mapToObj(i -> estimator.score(FIXTURE)).distinct())
        .containsExactly(expected);
  }

  @ParameterizedTest
  @MethodSource("all")
  void isFoundByItsName(ConfidenceEstimator estimator) {
    assertThat(Estimators.named(estimator.name())).isSameAs(estimator);
  }

  @Property
  void doesNotFallWhenEveryTokenGrowsMoreLikely(
      @ForAll @Size(min = 1, max = 40) List<@DoubleRange(min = -30, max = 0) Double> logProbs,
      @ForAll @DoubleRange(min = 0, max = 1) double share) {
    List<Double> likelier = logProbs.stream().map(l -> l * share).toList();
    for (String name : List.of("sequence-probability", "length-normalised-probability", "min-token-probability")) {
      assertThat(value(name, likelier)).as(name).isGreaterThanOrEqualTo(value(name, logProbs));
    }
  }

  @Property
  void anAnswerIsNoMoreLikelyThanItsLeastLikelyToken(
      @ForAll @Size(min = 1, max = 40) List<@DoubleRange(min = -30, max = 0) Double> logProbs) {
    double slack = 1e-12;
    assertThat(value("sequence-probability", logProbs))
        .isLessThanOrEqualTo(value("min-token-probability", logProbs) + slack);
    assertThat(value("min-token-probability", logProbs))
        .isLessThanOrEqualTo(value("length-normalised-probability", logProbs) + slack);
  }

  @Test
  void withoutEntropiesOnlyTheEntropyAbstains() {
    Evidence bare = Evidence.none().with(EvidenceKey.ANSWER_SPAN, new AnswerSpan(List.of(-.1), List.of()));
    assertThat(Estimators.named("mean-token-entropy").score(bare)).isEqualTo(Score.abstain("missing:entropies"));
    assertThat(Estimators.named("sequence-probability").score(bare)).isInstanceOf(Score.Unbounded.class);
  }

  @Test
  void anUnknownNameIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> Estimators.named("gut-feeling")).hasMessageContaining("gut-feeling")
        .hasMessageContaining("sequence-probability, length-normalised-probability");
  }

  @Test
  void everyEstimatorClassIsInTheList() throws IOException, URISyntaxException {
    Path classes = Path.of(Estimators.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.list(classes.resolve("dev/nescio/confidence"))) {
      List<Class<?>> found = files.map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".class"))
          .<Class<?>>map(file -> load("dev.nescio.confidence." + file.substring(0, file.length() - 6)))
          .filter(type -> ConfidenceEstimator.class.isAssignableFrom(type))
          .filter(type -> !Modifier.isAbstract(type.getModifiers()))
          .toList();
      assertThat(all().stream().<Class<?>>map(Object::getClass)).hasSameElementsAs(found);
    }
  }

  private static double value(String name, List<Double> logProbs) {
    Evidence evidence = Evidence.none().with(EvidenceKey.ANSWER_SPAN, new AnswerSpan(logProbs, List.of()));
    return ((Score.Unbounded) Estimators.named(name).score(evidence)).value();
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
