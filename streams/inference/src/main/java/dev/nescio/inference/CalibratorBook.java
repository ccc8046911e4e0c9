package dev.nescio.inference;

import dev.nescio.confidence.CalibrationMap;
import dev.nescio.inference.PolicyBook.Scope;
import dev.nescio.schemas.Calibrator;
import dev.nescio.schemas.FittedBy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The published calibrators: the last one of each tenant, domain, model digest and estimator. Immutable. */
final class CalibratorBook {

  /** Labelled answers that a live calibrator needs before it replaces the one that its release came with. */
  static final long MIN_LABELS_OVER_RELEASE = 100;

  static final CalibratorBook EMPTY = new CalibratorBook(Map.of());

  private final Map<Key, Fitted> fitted;

  /** What a calibrator is for. */
  record Key(Scope scope, String modelDigest, String estimator) {
    static Key of(Calibrator c) {
      return new Key(new Scope(c.getTenant(), c.getDomain()), c.getModelDigest(), c.getEstimator());
    }
  }

  /** A calibrator with its map ready to apply. */
  record Fitted(Calibrator calibrator, CalibrationMap map) {

    /**
     * @throws IllegalArgumentException if the method is unknown or its parameters are not those of the method
     */
    static Fitted of(Calibrator calibrator) {
      return new Fitted(calibrator, CalibrationMap.of(calibrator.getMethod(), calibrator.getParameters()));
    }
  }

  private CalibratorBook(Map<Key, Fitted> fitted) {
    this.fitted = Map.copyOf(fitted);
  }

  /**
   * @throws IllegalArgumentException if the calibrator cannot be applied
   */
  CalibratorBook with(Calibrator calibrator) {
    Map<Key, Fitted> copy = new HashMap<>(fitted);
    copy.put(Key.of(calibrator), Fitted.of(calibrator));
    return new CalibratorBook(copy);
  }

  CalibratorBook without(Key key) {
    Map<Key, Fitted> copy = new HashMap<>(fitted);
    copy.remove(key);
    return new CalibratorBook(copy);
  }

  /**
   * The calibrator in force for an answer of a model, from the most specific scope that has one. Within a scope the
   * release's own applies until evaluation has fitted one on at least {@value #MIN_LABELS_OVER_RELEASE} labels; then
   * the later of the two wins.
   *
   * @param own the calibrator that the release came with, if any
   */
  Optional<Fitted> lookUp(
      String tenant, String domain, String modelDigest, String estimator, Optional<Fitted> own) {
    Optional<Fitted> fitting =
        own.filter(f -> f.calibrator().getEstimator().equals(estimator))
            .filter(f -> f.calibrator().getModelDigest().equals(modelDigest));
    for (Scope scope : Scope.of(tenant, domain)) {
      Optional<Fitted> shipped = fitting.filter(f -> Key.of(f.calibrator()).scope().equals(scope));
      Optional<Fitted> live =
          Optional.ofNullable(fitted.get(new Key(scope, modelDigest, estimator)))
              .filter(f -> fitting.isEmpty() || mayReplaceShipped(f.calibrator()));
      Optional<Fitted> found = later(shipped, live);
      if (found.isPresent()) return found;
    }
    return Optional.empty();
  }

  private static boolean mayReplaceShipped(Calibrator live) {
    return live.getFittedBy() == FittedBy.RELEASE || live.getN() >= MIN_LABELS_OVER_RELEASE;
  }

  private static Optional<Fitted> later(Optional<Fitted> shipped, Optional<Fitted> live) {
    if (shipped.isEmpty()) return live;
    return live.filter(l -> !l.calibrator().getFittedAt().isBefore(shipped.get().calibrator().getFittedAt()))
        .or(() -> shipped);
  }
}
