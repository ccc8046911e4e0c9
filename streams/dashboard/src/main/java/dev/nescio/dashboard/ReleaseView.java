package dev.nescio.dashboard;

import dev.nescio.schemas.GateReport;
import dev.nescio.schemas.MetricValue;
import dev.nescio.schemas.ModelRelease;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A state that a model version entered on a channel.
 *
 * @param active     true when this version answers on the channel now
 * @param calibrator what it ships with; absent when it ships without
 * @param gate       why it was promoted or refused; absent when no gate was asked
 */
public record ReleaseView(
    String version,
    String channel,
    String state,
    boolean active,
    String modelDigest,
    String adapterDigest,
    String location,
    String datasetDigest,
    String promptTemplate,
    Map<String, String> recipe,
    CalibratorView calibrator,
    GateView gate,
    String approver,
    Long releasedAtMicros) {

  /** The gate's report; {@code paired} are differences, candidate minus champion. */
  public record GateView(
      boolean promoted,
      String reason,
      long n,
      String rule,
      String champion,
      List<SliceView.FigureView> championMetrics,
      List<SliceView.FigureView> candidateMetrics,
      List<SliceView.FigureView> paired) {
    static GateView of(GateReport report) {
      return new GateView(
          report.getPromoted(),
          AnswerView.shorten(report.getReason()),
          report.getN(),
          report.getRule(),
          report.getChampion(),
          figures(report.getChampionMetrics()),
          figures(report.getCandidateMetrics()),
          figures(report.getPaired()));
    }

    private static List<SliceView.FigureView> figures(List<MetricValue> metrics) {
      return metrics.stream().map(SliceView.FigureView::of).toList();
    }
  }

  static ReleaseView of(ModelRelease r, boolean active) {
    return new ReleaseView(
        r.getVersion(),
        r.getChannel(),
        r.getState().name(),
        active,
        r.getModelDigest(),
        r.getAdapterDigest(),
        r.getLocation(),
        r.getDatasetDigest(),
        r.getPromptTemplate(),
        new TreeMap<>(r.getRecipe()),
        r.getCalibrator() == null ? null : CalibratorView.of(r.getCalibrator()),
        r.getGateReport() == null ? null : GateView.of(r.getGateReport()),
        r.getApprover(),
        Times.micros(r.getReleasedAt()));
  }
}
