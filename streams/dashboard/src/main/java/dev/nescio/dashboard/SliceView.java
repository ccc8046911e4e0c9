package dev.nescio.dashboard;

import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.MetricValue;
import dev.nescio.schemas.ReliabilityBin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Calibration of one slice in one window, with the figures that the page shows.
 *
 * @param figures by {@link Figure#field}; a figure that the snapshot does not list is absent
 * @param bins    reliability diagram, ten equal-width bins
 * @param counts  as the snapshot gives them
 */
public record SliceView(
    String tenant,
    String domain,
    String modelVersion,
    String policyVersion,
    String estimator,
    String grader,
    String window,
    Long windowStartMicros,
    Long windowEndMicros,
    Long emittedAtMicros,
    String calibratorVersion,
    Double labelCoverage,
    Map<String, FigureView> figures,
    List<BinView> bins,
    Map<String, Long> counts) {

  /**
   * A metric with its 95 % interval.
   *
   * @param name   full name, with parameters
   * @param value  absent when undefined
   * @param reason why there is no value
   */
  public record FigureView(String name, Double value, long n, Double low, Double high, String reason) {
    static FigureView of(MetricValue metric) {
      return new FigureView(
          metric.getName(), metric.getValue(), metric.getN(), metric.getLow(), metric.getHigh(), metric.getReason());
    }
  }

  /** One bin: (lower, upper], answers, of these correct, mean confidence (absent when empty). */
  public record BinView(double lower, double upper, long n, long correct, Double meanConfidence) {
    static BinView of(ReliabilityBin bin) {
      return new BinView(bin.getLower(), bin.getUpper(), bin.getN(), bin.getCorrect(), bin.getMeanConfidence());
    }
  }

  /** The view of a snapshot. */
  public static SliceView of(CalibrationSnapshot s) {
    Map<String, FigureView> figures = new LinkedHashMap<>();
    for (Figure figure : Figure.values()) {
      figure.in(s).ifPresent(metric -> figures.put(figure.field(), FigureView.of(metric)));
    }
    return new SliceView(
        s.getTenant(),
        s.getDomain(),
        s.getModelVersion(),
        s.getPolicyVersion(),
        s.getEstimator(),
        s.getGrader(),
        s.getWindow(),
        Times.micros(s.getWindowStart()),
        Times.micros(s.getWindowEnd()),
        Times.micros(s.getEmittedAt()),
        s.getCalibratorVersion(),
        s.getLabelCoverage(),
        figures,
        s.getBins().stream().map(BinView::of).toList(),
        new TreeMap<>(s.getCounts()));
  }
}
