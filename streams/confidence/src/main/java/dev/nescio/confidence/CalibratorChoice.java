package dev.nescio.confidence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Fits every calibration method that the labels allow and takes the one with the lowest cross-validated Brier score,
 * starting from the simplest: a later one has to be better by a share of the score and by one standard error of the
 * difference. Folds are stratified by label and seeded; the same labels in the same order give the same choice.
 *
 * <p>Source of the rule: one standard error, Breiman et al. 1984, section 3.4.3, on paired squared errors.
 *
 * @param methods     candidates, the simplest first
 * @param folds       at least 2
 * @param minimumGain share of the Brier score that a less simple method must take off, in [0, 1)
 * @param seed        of the folds
 */
public record CalibratorChoice(List<CalibrationMethod> methods, int folds, double minimumGain, long seed) {

  /** Figure with the mean squared distance of raw score and label; there only for scores that are all in [0, 1]. */
  public static final String BRIER_BEFORE = "brier_before";
  /** Figure with the out-of-fold Brier score of the chosen method; with {@code :<method>}, that of each candidate. */
  public static final String CV_BRIER = "cv_brier";

  public CalibratorChoice {
    methods = List.copyOf(methods);
    if (methods.isEmpty()) throw new IllegalArgumentException("a choice needs at least one method");
    if (folds < 2) throw new IllegalArgumentException("there are at least 2 folds, not " + folds);
    if (!(minimumGain >= 0 && minimumGain < 1)) {
      throw new IllegalArgumentException("the minimum gain is in [0, 1), not " + minimumGain);
    }
  }

  /** All methods, Platt from this many labels, five folds, a gain of 1 %. */
  public static CalibratorChoice from(int plattMinimum) {
    return new CalibratorChoice(CalibrationMethods.all(plattMinimum), 5, .01, 1);
  }

  /**
   * The chosen method fitted on all labels. Its figures are those of {@link FittedMap}, {@code cv_brier},
   * {@code cv_brier:<method>} for each candidate, and {@code brier_before}.
   *
   * @param raw     finite scores
   * @param correct the verdicts, as many
   * @throws NotEnoughLabelsException when no method takes so few labels, or all labels agree
   */
  public FittedMap fit(double[] raw, boolean[] correct) {
    List<CalibrationMethod> able = methods.stream().filter(method -> method.accepts(raw)).toList();
    int minimum = able.stream().mapToInt(CalibrationMethod::minimum).min().orElseThrow(
        () -> new IllegalArgumentException("no calibration method of this choice takes scores outside [0, 1]"));
    NotEnoughLabelsException.check(raw, correct, minimum);
    List<CalibrationMethod> candidates = able.stream().filter(method -> raw.length >= method.minimum()).toList();
    int[] fold = stratified(correct);
    Map<String, Double> figures = new TreeMap<>();
    CalibrationMethod chosen = null;
    double[] best = null;
    for (CalibrationMethod method : candidates) {
      double[] errors = outOfFold(method, raw, correct, fold);
      figures.put(CV_BRIER + ":" + method.name(), mean(errors));
      if (best != null && !isBetter(errors, best)) continue;
      chosen = method;
      best = errors;
    }
    figures.put(CV_BRIER, mean(best));
    if (Probabilities.areAll(raw)) figures.put(BRIER_BEFORE, mean(squaredErrors(raw, correct)));
    FittedMap fitted = FittedMap.of(chosen.fit(raw, correct), raw, correct);
    figures.putAll(fitted.figures());
    return new FittedMap(fitted.map(), fitted.n(), fitted.correct(), figures);
  }

  private boolean isBetter(double[] errors, double[] best) {
    int n = errors.length;
    double[] gain = IntStream.range(0, n).mapToDouble(i -> best[i] - errors[i]).toArray();
    double mean = mean(gain);
    double squares = Arrays.stream(gain).map(g -> (g - mean) * (g - mean)).sum();
    double standardError = Math.sqrt(squares / (n - 1) / n);
    return mean > Math.max(minimumGain * mean(best), standardError);
  }

  /** Squared error of each label under the map that was fitted without its fold. */
  private double[] outOfFold(CalibrationMethod method, double[] raw, boolean[] correct, int[] fold) {
    double[] errors = new double[raw.length];
    for (int f = 0; f < folds; f++) {
      int held = f;
      int[] others = IntStream.range(0, raw.length).filter(i -> fold[i] != held).toArray();
      boolean[] verdicts = new boolean[others.length];
      for (int i = 0; i < others.length; i++) verdicts[i] = correct[others[i]];
      CalibrationMap map = method.fit(Arrays.stream(others).mapToDouble(i -> raw[i]).toArray(), verdicts);
      for (int i = 0; i < raw.length; i++) {
        if (fold[i] == held) errors[i] = squaredError(map.apply(raw[i]), correct[i]);
      }
    }
    return errors;
  }

  /** The fold of each label: correct and incorrect ones are dealt out apart, each in a seeded order. */
  private int[] stratified(boolean[] correct) {
    Random random = new Random(seed);
    int[] fold = new int[correct.length];
    int dealt = 0;
    for (boolean kind : new boolean[] {true, false}) {
      List<Integer> members = new ArrayList<>();
      for (int i = 0; i < correct.length; i++) if (correct[i] == kind) members.add(i);
      Collections.shuffle(members, random);
      for (int i : members) fold[i] = dealt++ % folds;
    }
    return fold;
  }

  private static double[] squaredErrors(double[] confidence, boolean[] correct) {
    return IntStream.range(0, correct.length).mapToDouble(i -> squaredError(confidence[i], correct[i])).toArray();
  }

  private static double squaredError(double confidence, boolean correct) {
    double distance = confidence - (correct ? 1 : 0);
    return distance * distance;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).sum() / values.length;
  }
}
