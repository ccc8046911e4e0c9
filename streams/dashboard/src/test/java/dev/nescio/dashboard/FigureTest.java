package dev.nescio.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.metrics.DelayHistogram;
import dev.nescio.metrics.LabelMetrics;
import dev.nescio.metrics.Metric;
import dev.nescio.metrics.Metrics;
import dev.nescio.metrics.NamedEstimate;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FigureTest {

  /** Of a snapshot: evaluation adds agreement of graders and judges with people. */
  private static final List<String> NAMES = Stream.of(
          Metrics.all("lenient").stream().map(Metric::name),
          LabelMetrics.of(0, 0, new DelayHistogram()).stream().map(NamedEstimate::name),
          Stream.of("agreement:of=grader:with=person", "agreement:of=judge:with=person"))
      .flatMap(names -> names)
      .toList();

  @Test
  void everyFigureMeansExactlyOneMetricOfTheList() {
    for (Figure figure : Figure.values()) {
      assertThat(NAMES.stream().filter(figure::names)).as(figure.name()).hasSize(1);
    }
  }

  @Test
  void namesInJsonAndInPrometheusAreUnique() {
    assertThat(Arrays.stream(Figure.values()).map(Figure::field)).doesNotHaveDuplicates();
    assertThat(Arrays.stream(Figure.values()).map(Figure::series)).doesNotHaveDuplicates();
  }

  @Test
  void aNameMatchesWholeUpToAColon() {
    assertThat(Figure.BRIER.names("brier:grader=lenient")).isTrue();
    assertThat(Figure.BRIER.names("brier")).isTrue();
    assertThat(Figure.BRIER.names("brier_skill:grader=lenient")).isFalse();
    assertThat(Figure.ECE.names("ece:bins=15:edges=right:grader=lenient")).isFalse();
  }
}
