package dev.nescio.loadtests.model;

import java.util.ArrayList;
import java.util.List;

/**
 * A workload on both sides.
 *
 * @param workload   what was done
 * @param ours       nescio's figures
 * @param peer       transformers' or PEFT's
 * @param ratio      ours over the peer's, of runs that stood beside each other; above 1 nescio is faster
 * @param reached    what of the workload's two marks the median ratio reaches
 * @param agreement  of greedy texts, the share of tokens that both wrote before they first differ, in [0, 1]; null
 *                   where tokens are drawn or none are written
 */
record Comparison(
    ModelWorkload workload, Figures ours, Figures peer, Spread ratio, Reached reached, Double agreement) {

  /** @param ours and {@code peer} of the same runs, in order; at least one */
  static Comparison of(ModelWorkload workload, List<Task.Done> ours, List<Task.Done> peer) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      ratios.add(ours.get(i).tokensPerSecond() / peer.get(i).tokensPerSecond());
    }
    Spread ratio = Spread.of(ratios);
    Reached reached = ratio.median() >= workload.aim() ? Reached.AIM
        : ratio.median() >= workload.atLeast() ? Reached.AT_LEAST : Reached.NEITHER;
    boolean greedy =
        workload instanceof ModelWorkload.Generate generate && generate.temperature() == 0 && !generate.prefill();
    return new Comparison(workload, Figures.of(ours), Figures.of(peer), ratio, reached,
        greedy ? agreement(ours, peer) : null);
  }

  /** What a median ratio reaches. */
  enum Reached {
    AIM,
    AT_LEAST,
    NEITHER
  }

  /**
   * One side.
   *
   * @param tokens          counted in a run
   * @param seconds         of a run
   * @param tokensPerSecond of a run
   */
  record Figures(Spread tokens, Spread seconds, Spread tokensPerSecond) {

    static Figures of(List<Task.Done> runs) {
      return new Figures(
          Spread.of(runs.stream().map(run -> (double) run.tokens()).toList()),
          Spread.of(runs.stream().map(Task.Done::seconds).toList()),
          Spread.of(runs.stream().map(Task.Done::tokensPerSecond).toList()));
    }
  }

  /** Of several runs; the median of an even number is the mean of the two in the middle. */
  record Spread(double median, double low, double high, List<Double> runs) {

    static Spread of(List<Double> runs) {
      List<Double> sorted = runs.stream().sorted().toList();
      int half = sorted.size() / 2;
      double median = sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
      return new Spread(median, sorted.getFirst(), sorted.getLast(), List.copyOf(runs));
    }
  }

  private static double agreement(List<Task.Done> ours, List<Task.Done> peer) {
    long same = 0;
    long all = 0;
    for (int run = 0; run < ours.size(); run++) {
      for (int sequence = 0; sequence < peer.get(run).ids().size(); sequence++) {
        int[] a = ours.get(run).ids().get(sequence);
        int[] b = peer.get(run).ids().get(sequence);
        int common = 0;
        while (common < Math.min(a.length, b.length) && a[common] == b[common]) common++;
        same += common;
        all += b.length;
      }
    }
    return same / (double) all;
  }
}
