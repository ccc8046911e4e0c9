package dev.nescio.dashboard;

import java.util.ArrayList;
import java.util.List;

/**
 * How the headline figures of a slice moved while this process watched. Immutable; of bounded length: when full,
 * every second point is dropped and the spacing doubles, so the whole span stays in view.
 *
 * @param points        oldest first
 * @param spacingMicros least time between two points
 */
public record Trend(List<Point> points, long spacingMicros) {

  private static final int MOST = 240;
  private static final long CLOSEST_MICROS = 2_000_000;

  /** Figures at one time; a component is absent where the figure was undefined. */
  public record Point(
      long atMicros, Double ece, Double eceLow, Double eceHigh, Double aFpr, Double aFprLow, Double aFprHigh) {
    static Point of(SliceView slice) {
      SliceView.FigureView ece = slice.figures().get(Figure.ECE.field());
      SliceView.FigureView aFpr = slice.figures().get(Figure.A_FPR.field());
      return new Point(
          slice.emittedAtMicros(),
          ece == null ? null : ece.value(),
          ece == null ? null : ece.low(),
          ece == null ? null : ece.high(),
          aFpr == null ? null : aFpr.value(),
          aFpr == null ? null : aFpr.low(),
          aFpr == null ? null : aFpr.high());
    }
  }

  public Trend {
    points = List.copyOf(points);
  }

  static Trend empty() {
    return new Trend(List.of(), CLOSEST_MICROS);
  }

  /** With one more point; without it when it comes sooner after the last than the spacing. */
  Trend with(Point point) {
    if (!points.isEmpty() && point.atMicros() - points.getLast().atMicros() < spacingMicros) return this;
    List<Point> longer = new ArrayList<>(points);
    longer.add(point);
    if (longer.size() <= MOST) return new Trend(longer, spacingMicros);
    List<Point> half = new ArrayList<>();
    for (int i = 0; i < longer.size(); i += 2) half.add(longer.get(i));
    return new Trend(half, spacingMicros * 2);
  }
}
