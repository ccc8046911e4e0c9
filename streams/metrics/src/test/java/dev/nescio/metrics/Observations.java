package dev.nescio.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;

/** Observations for tests. */
final class Observations {

  private Observations() {}

  /** Answers that stand, with these confidences and verdicts. */
  static List<Observation> answered(double[] confidences, int[] correct) {
    List<Observation> all = new ArrayList<>();
    for (int i = 0; i < confidences.length; i++) {
      all.add(new Observation(
          OptionalInt.of(Observation.units(confidences[i])), OptionalInt.empty(), correct[i] == 1, false, false));
    }
    return all;
  }

  /** Answers without a confidence. */
  static List<Observation> outcomes(int a, int b, int c, int d) {
    List<Observation> all = new ArrayList<>();
    for (int i = 0; i < a; i++) all.add(outcome(true, true));
    for (int i = 0; i < b; i++) all.add(outcome(false, true));
    for (int i = 0; i < c; i++) all.add(outcome(true, false));
    for (int i = 0; i < d; i++) all.add(outcome(false, false));
    return all;
  }

  /** A random stream in which confidence and p_idk say something about correctness. */
  static List<Observation> random(long seed, int n) {
    Random random = new Random(seed);
    List<Observation> all = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      // Half of the confidences on a coarse lattice: edges and ties.
      double c = random.nextBoolean() ? random.nextInt(21) / 20.0 : random.nextDouble();
      boolean correct = random.nextDouble() < .2 + .6 * c;
      double pIdk = Math.pow(random.nextDouble(), correct ? 12 : 4);
      all.add(new Observation(
          random.nextInt(8) == 0 ? OptionalInt.empty() : OptionalInt.of(Observation.units(c)),
          random.nextInt(8) == 0 ? OptionalInt.empty() : OptionalInt.of(Observation.units(pIdk)),
          correct, pIdk > .3, random.nextInt(4) == 0));
    }
    return all;
  }

  static CalibrationSummary summary(List<Observation> observations) {
    CalibrationSummary summary = new CalibrationSummary();
    observations.forEach(summary::add);
    return summary;
  }

  private static Observation outcome(boolean correct, boolean idk) {
    return new Observation(OptionalInt.empty(), OptionalInt.empty(), correct, idk, false);
  }
}
