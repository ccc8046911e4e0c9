package dev.nescio.metrics;

import java.util.Optional;

/** A pure function of a summary. */
public interface Metric<S extends Summary<S>> {

  /** Stable id with bins, edge rule and variant where they matter. */
  String name();

  Direction direction();

  /** Empty when undefined, never 0 and never NaN. */
  Optional<Estimate> of(S summary);
}
