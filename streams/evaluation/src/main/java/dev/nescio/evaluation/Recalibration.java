package dev.nescio.evaluation;

import dev.nescio.confidence.CalibrationMap;
import dev.nescio.confidence.FittedMap;
import dev.nescio.confidence.FittedThreshold;
import dev.nescio.confidence.Flagged;
import dev.nescio.confidence.IdkThreshold;
import dev.nescio.confidence.PlattScaling;
import dev.nescio.metrics.Observation;
import dev.nescio.schemas.Calibrator;
import dev.nescio.schemas.FittedBy;
import dev.nescio.schemas.Policy;
import dev.nescio.schemas.Threshold;
import dev.nescio.schemas.ThresholdScore;
import dev.nescio.schemas.ThresholdTarget;
import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Keys;
import dev.nescio.schemas.topics.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Fits calibrators from labelled answers as they grow: the first at a minimum, and then whenever a share of them
 * changed. Prequential: a version applies to later answers only, and the confidence of an earlier answer is never
 * rewritten.
 */
final class Recalibration implements Processor<String, byte[], String, Calibrator> {

  static final String POINTS = "points";
  static final String FITS = "fits";

  private final EvaluationConfig config;
  private final Deserializer<Policy> policies;
  private ProcessorContext<String, Calibrator> context;
  private KeyValueStore<String, byte[]> points;
  private KeyValueStore<String, byte[]> fits;
  private KeyValueStore<String, byte[]> policyStore;

  Recalibration(EvaluationConfig config, RegistryClient registry) {
    this.config = config;
    this.policies = AvroSerdes.of(Topics.POLICIES, registry).deserializer();
  }

  @Override
  public void init(ProcessorContext<String, Calibrator> context) {
    this.context = context;
    this.points = context.getStateStore(POINTS);
    this.fits = context.getStateStore(FITS);
    this.policyStore = context.getStateStore(PolicyTargets.POLICIES);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    String calibrator = record.key();
    byte[] stored = fits.get(calibrator);
    FitProgress progress = stored == null ? FitProgress.NONE : FitProgress.fromBytes(stored);
    for (PointBatch.Step step : PointBatch.fromBytes(record.value()).steps()) {
      progress = apply(calibrator, step, progress);
    }
    progress = forgetOldest(calibrator, progress);
    if (progress.due(config.minLabels(), config.refitGrowth())) progress = fit(calibrator, progress);
    fits.put(calibrator, progress.toBytes());
  }

  private FitProgress apply(String calibrator, PointBatch.Step step, FitProgress progress) {
    String key = pointKey(calibrator, step.point());
    byte[] known = points.get(key);
    if (step.add()) {
      FieldWriter out = new FieldWriter();
      step.point().write(out);
      points.put(key, out.toBytes());
      return known == null ? progress.added(step.point().correct()) : progress;
    }
    if (known == null) return progress;
    points.delete(key);
    return progress.removed(step.point().correct());
  }

  private FitProgress forgetOldest(String calibrator, FitProgress progress) {
    long over = progress.n() - config.maxPoints();
    if (over <= 0) return progress;
    List<String> oldest = new ArrayList<>();
    FitProgress left = progress;
    try (KeyValueIterator<String, byte[]> range = range(calibrator)) {
      while (range.hasNext() && oldest.size() < over) {
        var next = range.next();
        oldest.add(next.key);
        left = left.forgotten(Point.read(new FieldReader(next.value)).correct());
      }
    }
    oldest.forEach(points::delete);
    return left;
  }

  private FitProgress fit(String calibrator, FitProgress progress) {
    List<Point> all = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> range = range(calibrator)) {
      while (range.hasNext()) all.add(Point.read(new FieldReader(range.next().value)));
    }
    double[] raw = all.stream().mapToDouble(Point::raw).toArray();
    boolean[] correct = new boolean[all.size()];
    for (int i = 0; i < correct.length; i++) correct[i] = all.get(i).correct();
    FittedMap fitted = PlattScaling.fit(raw, correct, config.minLabels());
    FitProgress done = progress.fitted();
    long now = context.currentSystemTimeMs();
    context.forward(new Record<>(calibrator, record(calibrator, all, fitted, done.version(), now), now));
    return done;
  }

  private Calibrator record(String key, List<Point> all, FittedMap fitted, String version, long nowMillis) {
    List<String> parts = Keys.decode(key);
    return Calibrator.newBuilder()
        .setTenant(parts.get(0))
        .setDomain(parts.get(1))
        .setModelDigest(parts.get(2))
        .setEstimator(parts.get(3))
        .setModelVersion(all.getLast().modelVersion())
        .setVersion(version)
        .setMethod(fitted.map().method())
        .setParameters(fitted.map().parameters())
        .setThreshold(threshold(parts.get(0), parts.get(1), all, fitted.map()).orElse(null))
        .setN(fitted.n())
        .setCorrect(fitted.correct())
        .setFigures(fitted.figures())
        .setGrader(config.headlineGrader())
        .setFittedAt(Instant.ofEpochMilli(nowMillis))
        .setFittedBy(FittedBy.EVALUATION)
        .build();
  }

  /** For what the operator's policy asks, or for the configured alpha without one. */
  private Optional<Threshold> threshold(String tenant, String domain, List<Point> all, CalibrationMap map) {
    Optional<Policy> policy = PolicyTargets.inForce(policyStore, policies, tenant, domain);
    ThresholdScore score = policy.map(Policy::getThresholdScore).orElse(ThresholdScore.P_IDK);
    ThresholdTarget target = policy.map(Policy::getThresholdTarget).orElse(ThresholdTarget.A_FPR_AT_MOST);
    double alpha = policy.map(Policy::getAlpha).orElse(config.alpha());
    List<Flagged> flagged = switch (score) {
      case P_IDK -> all.stream().filter(point -> point.pIdk().isPresent())
          .map(point -> new Flagged(point.pIdk().getAsInt() / (double) Observation.ONE, point.correct())).toList();
      case ONE_MINUS_CONFIDENCE -> all.stream()
          .map(point -> new Flagged(1 - map.apply(point.raw()), point.correct())).toList();
    };
    dev.nescio.confidence.ThresholdScore of = dev.nescio.confidence.ThresholdScore.valueOf(score.name());
    return (switch (target) {
      case A_FPR_AT_MOST -> IdkThreshold.aFprAtMost(of, flagged, alpha);
      case MAX_NAUPC -> IdkThreshold.maxNaupc(of, flagged);
    }).map(Recalibration::threshold);
  }

  private static Threshold threshold(FittedThreshold fitted) {
    return Threshold.newBuilder()
        .setScore(ThresholdScore.valueOf(fitted.score().name()))
        .setTau(fitted.tau())
        .setTarget(ThresholdTarget.valueOf(fitted.target().name()))
        .setAlpha(fitted.alpha())
        .setDelta(fitted.delta())
        .setN(fitted.n())
        .setCorrect(fitted.correct())
        .build();
  }

  private KeyValueIterator<String, byte[]> range(String calibrator) {
    return points.range(calibrator + " ", calibrator + "!");
  }

  /** Sorts by time within a calibrator; an answer's time never changes, so a point is found again to be removed. */
  private static String pointKey(String calibrator, Point point) {
    return String.format("%s %019d %s", calibrator, point.answeredAt(), point.answerId());
  }
}
