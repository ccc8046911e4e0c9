package dev.nescio.model.cpu;

import dev.nescio.language.Generation.Alternative;
import dev.nescio.model.generation.Distribution;
import dev.nescio.model.kernel.LogitStatistics;
import dev.nescio.model.kernel.Logits;
import dev.nescio.model.tokenizer.ModelTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/** One row of logits as a distribution. */
final class LogitRow implements Distribution {

  private static final Comparator<Alternative> BEST_FIRST =
      Comparator.comparingDouble(Alternative::logProb).reversed().thenComparingInt(Alternative::id);

  private final float[] logits;
  private final int from;
  private final int width;
  private final LogitStatistics statistics;
  private final List<Integer> endTokens;
  private final Optional<Integer> idkId;

  private LogitRow(float[] logits, int from, int width, LogitStatistics statistics, List<Integer> endTokens,
      Optional<Integer> idkId) {
    this.logits = logits;
    this.from = from;
    this.width = width;
    this.statistics = statistics;
    this.endTokens = endTokens;
    this.idkId = idkId;
  }

  /** Row i, valid as long as the logits are. */
  static LogitRow of(Logits logits, int i, List<Integer> endTokens, Optional<Integer> idkId) {
    int from = i * logits.stride();
    return new LogitRow(logits.values(), from, logits.width(),
        LogitStatistics.of(logits.values(), from, logits.width()), endTokens, idkId);
  }

  @Override
  public LogitRow kept() {
    return new LogitRow(scores(), 0, width, statistics, endTokens, idkId);
  }

  @Override
  public int best() {
    return statistics.best();
  }

  @Override
  public double logProb(int id) {
    return logits[from + id] - statistics.logSum();
  }

  @Override
  public double entropy() {
    return statistics.entropy();
  }

  @Override
  public double margin() {
    return (double) statistics.highest() - statistics.second();
  }

  @Override
  public double endLogProb() {
    if (endTokens.size() == 1) return logProb(endTokens.getFirst());
    return Math.log(endTokens.stream().mapToDouble(id -> Math.exp(logProb(id))).sum());
  }

  @Override
  public Optional<Double> pIdk() {
    return idkId.map(id -> Math.min(1, Math.exp(logProb(id))));
  }

  @Override
  public float[] scores() {
    return Arrays.copyOfRange(logits, from, from + width);
  }

  @Override
  public float logSum() {
    return 0;
  }

  @Override
  public List<Alternative> alternatives(int count, ModelTokenizer tokenizer) {
    if (count == 0) return List.of();
    PriorityQueue<Alternative> kept = new PriorityQueue<>(BEST_FIRST.reversed());
    double least = Double.NEGATIVE_INFINITY;
    for (int id = 0; id < width; id++) {
      if (kept.size() == count && logits[from + id] <= least) continue;
      if (kept.size() == count) kept.poll();
      kept.add(new Alternative(id, "", logProb(id)));
      least = logits[from + kept.peek().id()];
    }
    List<Alternative> named = new ArrayList<>();
    for (Alternative a : kept) named.add(new Alternative(a.id(), tokenizer.decode(a.id()), a.logProb()));
    named.sort(BEST_FIRST);
    return Collections.unmodifiableList(named);
  }
}
