package dev.nescio.evaluation;

import dev.nescio.grading.Graders;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Configuration of the evaluation app. Immutable; a value out of range or an unknown key fails with its name.
 *
 * @param applicationId    name of the consumer group and of internal topics
 * @param bootstrapServers {@code host:port}, comma-separated
 * @param registry         Confluent's keys of the schema registry client
 * @param stateDirectory   where the stores live; one directory for one instance
 * @param instanceId       stable name of this instance, so that a restart takes its partitions back at once; empty for
 *                          none
 * @param threads          stream threads
 * @param commitInterval   of the exactly-once transactions
 * @param emitInterval     at most one snapshot of a slice and window in this time
 * @param horizon          a label given later than this after its answer is late
 * @param slack            how much longer state is kept
 * @param paneGrace        how long after its end a pane is published as closed
 * @param headlineGrader   decides {@code Label.correct}
 * @param minLabels        labelled answers before the first calibrator is fitted
 * @param refitGrowth      a calibrator is fitted anew after this share of changes
 * @param refitInterval    and after this time when anything changed
 * @param refitPause       but not within this time of the last fit, which takes about a second for 20 000 labels
 * @param maxPoints        labelled answers kept for a fit, the newest
 * @param alpha            bound on the share of correct answers that a threshold may flag, where no policy names one
 * @param delta            allowed probability that a bound on the error among answered does not hold
 * @param thresholdStep    where a policy bounds the share of wrong and answered, the step by which the limit follows a
 *                         drift, in [0, 1): .005 to .05 is common; 0 fits it to all labels alike
 * @param maxSlices        slices with answers of the last week that are measured on their own; the rest goes to overflow
 *                          slices. Roll-ups over every tenant and domain are counted apart
 * @param labelsAllowed    whose labels count: {@code SOURCE:PRINCIPAL}, comma-separated, {@code *} for anything
 * @param labelsBlocked    whose do not, though allowed; such labels are quarantined
 * @param alerts           when somebody is called
 * @param client           further Kafka client properties, for example of TLS
 */
public record EvaluationConfig(
    String applicationId,
    String bootstrapServers,
    Map<String, String> registry,
    Path stateDirectory,
    String instanceId,
    int threads,
    Duration commitInterval,
    Duration emitInterval,
    Duration horizon,
    Duration slack,
    Duration paneGrace,
    String headlineGrader,
    int minLabels,
    double refitGrowth,
    Duration refitInterval,
    Duration refitPause,
    int maxPoints,
    double alpha,
    double delta,
    double thresholdStep,
    int maxSlices,
    String labelsAllowed,
    String labelsBlocked,
    AlertRules alerts,
    Map<String, String> client) {

  /** Keys that {@link #with} knows; the documentation of each is that of the component of the same name. */
  private static final Set<String> KEYS = Set.of("application.id", "instance.id", "threads", "commit.interval",
      "emit.interval", "horizon", "slack", "pane.grace", "headline.grader", "min.labels", "refit.growth",
      "refit.interval", "refit.pause", "max.points",
      "alpha", "delta", "threshold.step", "max.slices", "labels.allowed", "labels.blocked",
      "alert.minimum", "alert.false-alarms", "alert.miscalibration", "alert.a-fpr", "alert.accuracy-drop",
      "alert.confidence-shift", "alert.calm", "alert.slices", "alert.training", "alert.training.every");

  /**
   * Half of the 5 % that the trainer's gate allows, as in inference and trainer: a threshold that aims at the limit
   * itself is beyond it every other time.
   */
  private static final double HALF_OF_THE_GATE = 0.025;

  public EvaluationConfig {
    registry = Map.copyOf(registry);
    client = Map.copyOf(client);
    require(!applicationId.isBlank(), "application.id", applicationId, "a name");
    require(!bootstrapServers.isBlank(), "bootstrap servers", bootstrapServers, "host:port");
    require(threads >= 1, "threads", threads, "at least 1");
    require(commitInterval.isPositive(), "commit.interval", commitInterval, "positive");
    require(emitInterval.isPositive(), "emit.interval", emitInterval, "positive");
    require(horizon.isPositive(), "horizon", horizon, "positive");
    require(!slack.isNegative(), "slack", slack, "not negative");
    require(!paneGrace.isNegative(), "pane.grace", paneGrace, "not negative");
    Graders.named(headlineGrader);
    require(minLabels >= 2, "min.labels", minLabels, "at least 2");
    require(refitGrowth > 0, "refit.growth", refitGrowth, "above 0");
    require(maxPoints >= minLabels, "max.points", maxPoints, "at least min.labels");
    require(alpha > 0 && alpha < 1, "alpha", alpha, "between 0 and 1");
    require(delta > 0 && delta < 1, "delta", delta, "between 0 and 1");
    require(thresholdStep >= 0 && thresholdStep < 1, "threshold.step", thresholdStep, "from 0 to below 1");
    require(!refitPause.isNegative(), "refit.pause", refitPause, "not negative");
    require(refitInterval.isPositive(), "refit.interval", refitInterval, "positive");
    require(maxSlices >= 1, "max.slices", maxSlices, "at least 1");
    require(!labelsAllowed.isBlank(), "labels.allowed", labelsAllowed, "not empty; *:* allows everybody");
    new LabelTrust(labelsAllowed, labelsBlocked);
  }

  /** Defaults: horizon 7 days, slack 1 day, commit and emit every second, a calibrator from 100 labels. */
  public static EvaluationConfig of(String bootstrapServers, String registryUrl, Path stateDirectory) {
    return new EvaluationConfig("nescio-evaluation", bootstrapServers, Map.of("schema.registry.url", registryUrl),
        stateDirectory, "", 1, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofDays(7), Duration.ofDays(1),
        Duration.ofSeconds(5), Graders.DEFAULT.name(), 100, 0.25, Duration.ofDays(1), Duration.ofMinutes(1),
        20_000, HALF_OF_THE_GATE, 0.05, 0, 1_000, LabelTrust.ANYBODY, "", AlertRules.DEFAULT, Map.of());
  }

  /**
   * A copy with settings of a file or command line on top; durations as ISO-8601 ({@code PT1S}, {@code P7D}).
   *
   * @throws IllegalArgumentException for an unknown key or a value that cannot be read, naming it
   */
  public EvaluationConfig with(Map<String, String> settings) {
    for (String key : settings.keySet()) {
      if (!KEYS.contains(key)) {
        throw new IllegalArgumentException("evaluation has no setting \"" + key + "\"; there are "
            + String.join(", ", new TreeSet<>(KEYS)));
      }
    }
    Settings s = new Settings(settings);
    return new EvaluationConfig(s.text("application.id", applicationId), bootstrapServers, registry, stateDirectory,
        s.text("instance.id", instanceId), s.integer("threads", threads), s.duration("commit.interval", commitInterval),
        s.duration("emit.interval", emitInterval), s.duration("horizon", horizon), s.duration("slack", slack),
        s.duration("pane.grace", paneGrace), s.text("headline.grader", headlineGrader),
        s.integer("min.labels", minLabels), s.number("refit.growth", refitGrowth),
        s.duration("refit.interval", refitInterval), s.duration("refit.pause", refitPause),
        s.integer("max.points", maxPoints),
        s.number("alpha", alpha), s.number("delta", delta), s.number("threshold.step", thresholdStep),
        s.integer("max.slices", maxSlices),
        s.text("labels.allowed", labelsAllowed), s.text("labels.blocked", labelsBlocked), alerts(s), client);
  }

  /** A copy with further Kafka client properties. */
  public EvaluationConfig withClient(Map<String, String> properties) {
    Map<String, String> all = new LinkedHashMap<>(client);
    all.putAll(properties);
    return new EvaluationConfig(applicationId, bootstrapServers, registry, stateDirectory, instanceId, threads,
        commitInterval, emitInterval, horizon, slack, paneGrace, headlineGrader, minLabels, refitGrowth,
        refitInterval, refitPause, maxPoints, alpha, delta, thresholdStep, maxSlices, labelsAllowed, labelsBlocked, alerts,
        all);
  }

  private AlertRules alerts(Settings s) {
    return new AlertRules(s.integer("alert.minimum", alerts.minimum()), s.number("alert.false-alarms", alerts.error()),
        s.number("alert.miscalibration", alerts.miscalibration()), s.number("alert.a-fpr", alerts.aFpr()),
        s.number("alert.accuracy-drop", alerts.accuracyDrop()),
        s.number("alert.confidence-shift", alerts.confidenceShift()), s.integer("alert.calm", alerts.calm()),
        s.names("alert.slices", alerts.slices()), s.names("alert.training", alerts.training()),
        s.duration("alert.training.every", alerts.trainingEvery()));
  }

  LabelTrust trust() {
    return new LabelTrust(labelsAllowed, labelsBlocked);
  }

  private static void require(boolean holds, String key, Object value, String rule) {
    if (!holds) throw new IllegalArgumentException(key + " is " + rule + ", not \"" + value + "\"");
  }

  private record Settings(Map<String, String> values) {

    String text(String key, String otherwise) {
      return values.getOrDefault(key, otherwise);
    }

    Set<String> names(String key, Set<String> otherwise) {
      String value = values.get(key);
      if (value == null) return otherwise;
      return Arrays.stream(value.split(",")).map(String::strip).filter(name -> !name.isEmpty())
          .collect(Collectors.toSet());
    }

    int integer(String key, int otherwise) {
      return parsed(key, otherwise, "a whole number", Integer::parseInt);
    }

    double number(String key, double otherwise) {
      return parsed(key, otherwise, "a number", Double::parseDouble);
    }

    Duration duration(String key, Duration otherwise) {
      String value = values.get(key);
      if (value == null) return otherwise;
      try {
        return Duration.parse(value);
      } catch (DateTimeParseException e) {
        throw new IllegalArgumentException(key + " is a duration like PT1S or P7D, not \"" + value + "\"", e);
      }
    }

    private <N> N parsed(String key, N otherwise, String what, Function<String, N> parse) {
      String value = values.get(key);
      if (value == null) return otherwise;
      try {
        return parse.apply(value);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(key + " is " + what + ", not \"" + value + "\"", e);
      }
    }
  }
}
