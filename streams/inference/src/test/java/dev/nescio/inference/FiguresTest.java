package dev.nescio.inference;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FiguresTest {

  private final Figures figures = new Figures();

  @Test
  void countsBySeriesAndReadsGaugesWhenAsked() {
    figures.add("a_total", 1);
    figures.add("a_total", 2);
    double[] depth = {4};
    figures.gauge("depth", () -> depth[0]);
    depth[0] = 5;
    assertThat(figures.snapshot()).containsEntry("a_total", 3.0).containsEntry("depth", 5.0);
  }

  @Test
  void escapesLabelValues() {
    assertThat(Figures.series("x", "a", "say \"hi\"\\\n", "b", "c"))
        .isEqualTo("x{a=\"say \\\"hi\\\"\\\\\\n\",b=\"c\"}");
  }

  @Test
  void cumulatesHistogramBuckets() {
    figures.observeSeconds("d", 0.2);
    figures.observeSeconds("d", 3);
    assertThat(figures.snapshot())
        .containsEntry("d_bucket{le=\"0.1\"}", 0.0)
        .containsEntry("d_bucket{le=\"0.25\"}", 1.0)
        .containsEntry("d_bucket{le=\"5.0\"}", 2.0)
        .containsEntry("d_bucket{le=\"+Inf\"}", 2.0)
        .containsEntry("d_sum", 3.2)
        .containsEntry("d_count", 2.0);
  }
}
