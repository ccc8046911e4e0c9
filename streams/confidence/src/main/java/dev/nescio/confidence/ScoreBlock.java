package dev.nescio.confidence;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Neighbouring labelled scores taken together.
 *
 * @param n       labels, at least 1
 * @param correct of these correct
 * @param sum     of the scores
 * @param low     smallest score
 * @param high    largest score
 */
record ScoreBlock(int n, int correct, double sum, double low, double high) {

  /** One block a distinct score, ascending: equal scores can never be told apart. */
  static List<ScoreBlock> ofTies(double[] raw, boolean[] correct) {
    List<Integer> order = IntStream.range(0, raw.length).boxed()
        .sorted(Comparator.comparingDouble(i -> raw[i])).toList();
    List<ScoreBlock> blocks = new ArrayList<>();
    for (int i : order) {
      ScoreBlock one = new ScoreBlock(1, correct[i] ? 1 : 0, raw[i], raw[i], raw[i]);
      if (!blocks.isEmpty() && blocks.getLast().high() == raw[i]) one = blocks.removeLast().with(one);
      blocks.add(one);
    }
    return blocks;
  }

  ScoreBlock with(ScoreBlock next) {
    return new ScoreBlock(n + next.n, correct + next.correct, sum + next.sum, low, next.high);
  }

  /** Share of correct. */
  double accuracy() {
    return correct / (double) n;
  }

  /** Mean score, between the smallest and the largest also after rounding. */
  double centre() {
    return Math.clamp(sum / n, low, high);
  }
}
