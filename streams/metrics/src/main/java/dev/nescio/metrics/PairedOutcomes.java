package dev.nescio.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Two models on the same questions: differences are judged in pairs, which takes out how hard the questions are. */
public final class PairedOutcomes {

  /** Resamples behind the interval of {@link #naupcOverCeilingDifference}. */
  public static final int RESAMPLES = 2000;

  private static final double TAIL = .025;

  private final List<PairedOutcome> pairs;

  public PairedOutcomes(List<PairedOutcome> pairs) {
    this.pairs = List.copyOf(pairs);
  }

  /** Questions. */
  public int n() {
    return pairs.size();
  }

  public OutcomeCounts champion() {
    return counts(pairs.stream().mapToInt(p -> outcome(p.championCorrect(), p.championIdk())).toArray());
  }

  public OutcomeCounts candidate() {
    return counts(pairs.stream().mapToInt(p -> outcome(p.candidateCorrect(), p.candidateIdk())).toArray());
  }

  /** Share of the candidate's correct answers that it flags, with Wilson's interval; empty without a correct one. */
  public Optional<Estimate> candidateAFpr() {
    OutcomeCounts o = candidate();
    return CalibrationMetric.share(o.a(), o.correct());
  }

  /**
   * nAUPC over its ceiling of the candidate minus that of the champion, in [-5/3, 5/3]; above 0 the candidate is
   * better. Empty when either has no correct answer.
   *
   * <p>Interval: percentiles of a paired bootstrap over questions. A resample in which a model has no correct answer
   * has no value and is drawn again.
   *
   * @param random a seeded generator; the same seed gives the same interval
   */
  public Optional<Estimate> naupcOverCeilingDifference(RandomGenerator random) {
    Optional<Double> value = difference(champion(), candidate());
    if (value.isEmpty()) return Optional.empty();
    int n = pairs.size();
    int[] joint = pairs.stream().mapToInt(p -> outcome(p.championCorrect(), p.championIdk()) * 4
        + outcome(p.candidateCorrect(), p.candidateIdk())).toArray();
    double[] resampled = new double[RESAMPLES];
    int[] drawn = new int[n];
    for (int r = 0; r < RESAMPLES; ) {
      for (int i = 0; i < n; i++) drawn[i] = joint[random.nextInt(n)];
      Optional<Double> one = difference(
          counts(Arrays.stream(drawn).map(j -> j / 4).toArray()),
          counts(Arrays.stream(drawn).map(j -> j % 4).toArray()));
      if (one.isPresent()) resampled[r++] = one.get();
    }
    Arrays.sort(resampled);
    int cut = (int) (RESAMPLES * TAIL);
    return Optional.of(Intervals.bounded(value.get(), n, resampled[cut], resampled[RESAMPLES - 1 - cut]));
  }

  private static Optional<Double> difference(OutcomeCounts champion, OutcomeCounts candidate) {
    return candidate.naupcOverCeiling().flatMap(mine -> champion.naupcOverCeiling().map(its -> mine - its));
  }

  /** 0 to 3 for a to d of {@link OutcomeCounts}. */
  private static int outcome(boolean correct, boolean idk) {
    return (idk ? 0 : 2) + (correct ? 0 : 1);
  }

  private static OutcomeCounts counts(int[] outcomes) {
    long[] counts = new long[4];
    for (int outcome : outcomes) counts[outcome]++;
    return new OutcomeCounts(counts[0], counts[1], counts[2], counts[3]);
  }
}
