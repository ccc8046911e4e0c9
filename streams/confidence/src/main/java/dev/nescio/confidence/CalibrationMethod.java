package dev.nescio.confidence;

/** A way to fit a {@link CalibrationMap}. Stateless, deterministic and thread-safe. */
public interface CalibrationMethod {

  /** Stable id of the maps it makes, as in {@link CalibrationMap#method}. */
  String name();

  /** Labels below which it is no candidate: it would fit noise. */
  int minimum();

  /** True when it can map these scores: some need probabilities. */
  boolean accepts(double[] raw);

  /**
   * The fitted map, whatever the labels; without both kinds of label it is flat or nearly so.
   *
   * @param raw     finite scores that it accepts, at least one
   * @param correct the verdicts, as many
   */
  CalibrationMap fit(double[] raw, boolean[] correct);
}
