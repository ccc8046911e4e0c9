package dev.nescio.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Metrics from their definitions over plain lists of unquantised scores: slow, obvious, and sharing no code with the
 * product.
 */
final class BatchOracle {

  /** An answer as it was before any rounding. */
  record Item(double confidence, double pIdk, boolean correct, boolean idk, boolean audited) {}

  private final List<Item> items;

  BatchOracle(List<Item> items) {
    this.items = items;
  }

  double ece(int bins) {
    return gaps(bins).stream().mapToDouble(g -> g[0] / items.size() * Math.abs(g[1])).sum();
  }

  /** With bins [lo, hi), the last with 1. */
  double eceClosedOnTheLeft(int bins) {
    double sum = 0;
    for (int m = 0; m < bins; m++) {
      int bin = m;
      sum += Math.abs(items.stream().filter(i -> Math.min(bins - 1, (int) Math.floor(i.confidence() * bins)) == bin)
          .mapToDouble(i -> i.confidence() - (i.correct() ? 1 : 0)).sum());
    }
    return sum / items.size();
  }

  double mce(int bins) {
    return gaps(bins).stream().mapToDouble(g -> Math.abs(g[1])).max().orElseThrow();
  }

  double rmsce(int bins) {
    return Math.sqrt(gaps(bins).stream().mapToDouble(g -> g[0] / items.size() * g[1] * g[1]).sum());
  }

  /** Size and mean confidence minus accuracy of each bin (lo, hi] that is not empty, the first with 0. */
  private List<double[]> gaps(int bins) {
    List<double[]> gaps = new ArrayList<>();
    for (int m = 0; m < bins; m++) {
      double lower = m / (double) bins;
      double upper = (m + 1) / (double) bins;
      boolean first = m == 0;
      List<Item> in = items.stream()
          .filter(i -> (i.confidence() > lower || first && i.confidence() == 0) && i.confidence() <= upper).toList();
      if (in.isEmpty()) continue;
      double confidence = in.stream().mapToDouble(Item::confidence).average().orElseThrow();
      double accuracy = in.stream().mapToDouble(i -> i.correct() ? 1 : 0).average().orElseThrow();
      gaps.add(new double[] {in.size(), confidence - accuracy});
    }
    return gaps;
  }

  /** Gaps of runs by rising confidence whose sizes differ by at most one, larger first. */
  private List<double[]> massGaps(int bins) {
    List<Item> sorted = items.stream().sorted(Comparator.comparingDouble(Item::confidence)).toList();
    int count = Math.min(bins, sorted.size());
    List<double[]> gaps = new ArrayList<>();
    int from = 0;
    for (int k = 0; k < count; k++) {
      int size = sorted.size() / count + (k < sorted.size() % count ? 1 : 0);
      List<Item> run = sorted.subList(from, from + size);
      gaps.add(new double[] {size, run.stream().mapToDouble(i -> i.confidence() - (i.correct() ? 1 : 0)).sum() / size});
      from += size;
    }
    return gaps;
  }

  double adaptiveEce(int bins) {
    return massGaps(bins).stream().mapToDouble(g -> g[0] / items.size() * Math.abs(g[1])).sum();
  }

  double ace(int bins) {
    return massGaps(bins).stream().mapToDouble(g -> Math.abs(g[1])).average().orElseThrow();
  }

  /** Mean squared distance of each answer's bin accuracy from that of all. */
  double resolution(int bins) {
    double all = items.stream().mapToDouble(i -> i.correct() ? 1 : 0).average().orElseThrow();
    return items.stream().mapToDouble(i -> {
      int bin = Math.max(0, (int) Math.ceil(i.confidence() * bins) - 1);
      double mean = items.stream().filter(j -> Math.max(0, (int) Math.ceil(j.confidence() * bins) - 1) == bin)
          .mapToDouble(j -> j.correct() ? 1 : 0).average().orElseThrow();
      return (mean - all) * (mean - all);
    }).average().orElseThrow();
  }

  /** As LM-Polygraph computes it, with the mean quality for the random order. */
  Optional<Double> prr(double rejection) {
    int n = items.size();
    int rejected = (int) (rejection * n);
    double random = items.stream().mapToDouble(i -> i.correct() ? 1 : 0).average().orElseThrow();
    if (rejected == 0 || random == 0 || random == 1) return Optional.empty();
    double[] kept = new double[n];
    double[] best = new double[n];
    double[] risks = risks();
    long right = items.stream().filter(Item::correct).count();
    for (int k = 1; k <= n; k++) {
      kept[k - 1] = 1 - risks[k - 1];
      best[k - 1] = Math.min(right, k) / (double) k;
    }
    double area = Arrays.stream(kept, n - rejected, n).average().orElseThrow();
    double oracle = Arrays.stream(best, n - rejected, n).average().orElseThrow();
    return oracle == random ? Optional.empty() : Optional.of((area - random) / (oracle - random));
  }

  double coverageAtRisk(double risk) {
    double[] risks = risks();
    int best = 0;
    for (int k = 1; k <= risks.length; k++) if (risks[k - 1] <= risk + 1e-12) best = k;
    return best / (double) risks.length;
  }

  double brier() {
    return items.stream().mapToDouble(i -> Math.pow(i.confidence() - (i.correct() ? 1 : 0), 2)).average().orElseThrow();
  }

  double nll() {
    return items.stream().mapToDouble(i -> {
      double c = Math.clamp(i.confidence(), 1e-12, 1 - 1e-12);
      return -Math.log(i.correct() ? c : 1 - c);
    }).average().orElseThrow();
  }

  Optional<Double> auroc() {
    return area(items.stream().filter(Item::correct).mapToDouble(Item::confidence).toArray(),
        items.stream().filter(i -> !i.correct()).mapToDouble(Item::confidence).toArray());
  }

  Optional<Double> idkAuroc() {
    return area(items.stream().filter(i -> !i.correct()).mapToDouble(Item::pIdk).toArray(),
        items.stream().filter(Item::correct).mapToDouble(Item::pIdk).toArray());
  }

  private static Optional<Double> area(double[] positives, double[] negatives) {
    if (positives.length == 0 || negatives.length == 0) return Optional.empty();
    double won = 0;
    for (double p : positives) {
      for (double q : negatives) won += p > q ? 1 : p == q ? .5 : 0;
    }
    return Optional.of(won / positives.length / negatives.length);
  }

  /** Average precision over distinct thresholds. */
  Optional<Double> averagePrecisionOfCorrect() {
    return averagePrecision(items.stream().map(Item::confidence).distinct()
        .sorted(Comparator.reverseOrder()).toList(), (t, i) -> i.confidence() >= t, Item::correct);
  }

  Optional<Double> averagePrecisionOfIncorrect() {
    return averagePrecision(items.stream().map(Item::confidence).distinct().sorted().toList(),
        (t, i) -> i.confidence() <= t, i -> !i.correct());
  }

  private Optional<Double> averagePrecision(List<Double> thresholds,
      java.util.function.BiPredicate<Double, Item> selected, Predicate<Item> positive) {
    double positives = items.stream().filter(positive).count();
    if (positives == 0) return Optional.empty();
    double sum = 0;
    double recall = 0;
    for (double t : thresholds) {
      List<Item> found = items.stream().filter(i -> selected.test(t, i)).toList();
      double right = found.stream().filter(positive).count();
      sum += (right / positives - recall) * right / found.size();
      recall = right / positives;
    }
    return Optional.of(sum);
  }

  /** Risk of the first k for k = 1 to n; a tied answer has the mean loss of its group. */
  private double[] risks() {
    List<Item> sorted = items.stream().sorted(Comparator.comparingDouble(Item::confidence).reversed()).toList();
    double[] risks = new double[sorted.size()];
    double sum = 0;
    for (int k = 0; k < risks.length; k++) {
      double c = sorted.get(k).confidence();
      sum += items.stream().filter(i -> i.confidence() == c)
          .mapToDouble(i -> i.correct() ? 0 : 1).average().orElseThrow();
      risks[k] = sum / (k + 1);
    }
    return risks;
  }

  double aurc() {
    return IntStream.range(0, items.size()).mapToDouble(i -> risks()[i]).average().orElseThrow();
  }

  double bestAurc() {
    int n = items.size();
    int wrong = (int) items.stream().filter(i -> !i.correct()).count();
    double sum = 0;
    for (int k = 1; k <= n; k++) sum += Math.max(0, k - (n - wrong)) / (double) k;
    return sum / n;
  }

  double selectiveAccuracy(double coverage) {
    return 1 - risks()[(int) Math.max(1, Math.ceil(coverage * items.size() - 1e-9)) - 1];
  }

  /** nAUPC by the trapezoid rule on 2 001 points, as the published code does it. */
  double naupc() {
    double n = items.size();
    double a = count(i -> i.correct() && i.idk()) / n;
    double b = count(i -> !i.correct() && i.idk()) / n;
    double c = count(i -> i.correct() && !i.idk()) / n;
    double sum = 0;
    for (int k = 0; k <= 2000; k++) {
      double t = k / 2000.0;
      sum += (k == 0 || k == 2000 ? .5 : 1) * (100 * (t * b + c)) * (100 * (c - t * a));
    }
    return sum / 2000 / 100;
  }

  private double count(Predicate<Item> which) {
    return items.stream().filter(which).count();
  }
}
