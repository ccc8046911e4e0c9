package dev.nescio.evaluation;

import dev.nescio.confidence.CalibratorChoice;
import dev.nescio.confidence.FittedMap;
import dev.nescio.schemas.Calibrator;
import dev.nescio.schemas.FittedBy;
import dev.nescio.schemas.Threshold;
import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.topics.Keys;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Fits calibrators from labelled answers as they grow: the first at a minimum, then whenever a share of them changed,
 * and otherwise when anything changed in a configured time. The method is chosen by cross-validated Brier score.
 *
 * <p>Prequential: a version applies to later answers only, and the confidence of an earlier answer is never
 * rewritten.
 */
final class Recalibration implements Processor<String, byte[], String, Calibrator> {

  static final String POINTS = "point-log";
  static final String FITS = "fits";

  private static final Duration SCHEDULE = Duration.ofSeconds(10);

  private final EvaluationConfig config;
  private final RegistryClient registry;
  private final CalibratorChoice choice;
  private ProcessorContext<String, Calibrator> context;
  private PointLog points;
  private KeyValueStore<String, byte[]> fits;
  private ThresholdFit thresholds;

  Recalibration(EvaluationConfig config, RegistryClient registry) {
    this.config = config;
    this.registry = registry;
    this.choice = CalibratorChoice.from(config.minLabels());
  }

  @Override
  public void init(ProcessorContext<String, Calibrator> context) {
    this.context = context;
    this.points = new PointLog(context.getStateStore(POINTS));
    this.fits = context.getStateStore(FITS);
    this.thresholds = new ThresholdFit(config, context.getStateStore(PolicyTargets.POLICIES), registry);
    context.schedule(SCHEDULE, PunctuationType.WALL_CLOCK_TIME, this::tick);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    String calibrator = record.key();
    byte[] stored = fits.get(calibrator);
    FitProgress progress = stored == null ? FitProgress.NONE : FitProgress.fromBytes(stored);
    PointBatch batch = PointBatch.fromBytes(record.value());
    points.append(calibrator, progress.batches(), record.value());
    progress = progress.logged(batch);
    if (progress.due(config, context.currentSystemTimeMs())) {
      progress = fit(calibrator, progress);
    } else if (progress.overlong(config.maxPoints())) {
      progress = counted(calibrator, progress, points.read(calibrator, config.maxPoints()));
    }
    fits.put(calibrator, progress.toBytes());
  }

  /** On a schedule, so that a slow stream gets a new fit too; one with nothing new does not. */
  private void tick(long nowMillis) {
    List<String> overdue = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> all = fits.all()) {
      all.forEachRemaining(entry -> {
        if (FitProgress.fromBytes(entry.value).due(config, nowMillis)) overdue.add(entry.key);
      });
    }
    for (String calibrator : overdue) {
      fits.put(calibrator, fit(calibrator, FitProgress.fromBytes(fits.get(calibrator))).toBytes());
    }
  }

  private FitProgress counted(String calibrator, FitProgress progress, List<Point> kept) {
    long right = kept.stream().filter(Point::correct).count();
    if (progress.logged() <= 2L * kept.size()) return progress.counted(kept.size(), right);
    return progress.counted(kept.size(), right).shortened(points.replace(calibrator, progress.batches(), kept));
  }

  /** The count is exact only now, so a fit that was due may turn out not to be. */
  private FitProgress fit(String calibrator, FitProgress progress) {
    List<Point> all = points.read(calibrator, config.maxPoints());
    FitProgress exact = counted(calibrator, progress, all);
    long now = context.currentSystemTimeMs();
    if (!exact.due(config, now)) return exact;
    double[] raw = all.stream().mapToDouble(Point::raw).toArray();
    boolean[] correct = new boolean[all.size()];
    for (int i = 0; i < correct.length; i++) correct[i] = all.get(i).correct();
    FittedMap fitted = choice.fit(raw, correct);
    FitProgress done = exact.fitted(now);
    context.forward(new Record<>(calibrator, record(calibrator, all, fitted, done.version(), now), now));
    return done;
  }

  private Calibrator record(String key, List<Point> all, FittedMap fitted, String version, long nowMillis) {
    List<String> parts = Keys.decode(key);
    Optional<Threshold> threshold = thresholds.fit(parts.get(0), parts.get(1), all, fitted.map());
    Map<String, Double> figures = new HashMap<>(fitted.figures());
    figures.putAll(ThresholdFit.figures(threshold, config));
    return Calibrator.newBuilder()
        .setTenant(parts.get(0))
        .setDomain(parts.get(1))
        .setModelDigest(parts.get(2))
        .setEstimator(parts.get(3))
        .setModelVersion(all.getLast().modelVersion())
        .setVersion(version)
        .setMethod(fitted.map().method())
        .setParameters(fitted.map().parameters())
        .setThreshold(threshold.orElse(null))
        .setN(fitted.n())
        .setCorrect(fitted.correct())
        .setFigures(figures)
        .setGrader(config.headlineGrader())
        .setFittedAt(Instant.ofEpochMilli(nowMillis))
        .setFittedBy(FittedBy.EVALUATION)
        .build();
  }
}
