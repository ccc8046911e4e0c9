package dev.nescio.trainer.service;

import dev.nescio.confidence.FittedMap;
import dev.nescio.confidence.FittedThreshold;
import dev.nescio.language.LanguageModel;
import dev.nescio.schemas.Calibrator;
import dev.nescio.schemas.FittedBy;
import dev.nescio.schemas.GateReport;
import dev.nescio.schemas.GradedSample;
import dev.nescio.schemas.KnowledgeProtocol;
import dev.nescio.schemas.KnowledgeScore;
import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.ReleaseState;
import dev.nescio.schemas.Threshold;
import dev.nescio.schemas.ThresholdScore;
import dev.nescio.schemas.ThresholdTarget;
import dev.nescio.schemas.TrainingRequest;
import dev.nescio.trainer.recipes.Dataset;
import dev.nescio.trainer.recipes.Recipe;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The records that a night publishes. */
final class ReleaseRecords {

  private static final String CHAMPION = "champion";
  private static final String SHADOW = "shadow";
  private static final String ANY = "*";

  private final NightConfig config;
  private final LanguageModel model;
  private final Path artifacts;
  private final Clock clock;

  ReleaseRecords(NightConfig config, LanguageModel model, Path artifacts, Clock clock) {
    this.config = config;
    this.model = model;
    this.artifacts = artifacts;
    this.clock = clock;
  }

  private record Asked(String requestId) {}

  /**
   * Promoted: one record that makes the candidate the champion. Refused: one on the champion channel that says so and
   * changes nothing, and one that makes it the shadow, so that it can be watched.
   */
  List<ModelRelease> of(
      TrainingRequest request, Dataset dataset, Recipe recipe, Night.Run run, Path location, String adapter,
      FittedRow fit, GateReport gate) {
    String digest = model.digest(Optional.of(adapter));
    // The request is part of the name: the same adapter made again, and refused beside itself, deposes nobody.
    String version =
        "%s-%s-%s".formatted(
            recipe.name().split(":")[0], adapter.substring(0, 10),
            Digests.of(new Asked(request.getRequestId())).substring(0, 6));
    Instant now = clock.instant();
    Map<String, String> description = new TreeMap<>(run.tuning());
    description.put("recipe", recipe.name());
    description.put("protocol", config.protocol().id());
    description.put("samples", Integer.toString(config.samples()));
    description.put("grader", config.grader());
    description.put("seed", Long.toString(config.seed()));
    description.put("examples", run.examples());
    description.put("request", request.getRequestId());
    ModelRelease release =
        ModelRelease.newBuilder()
            .setVersion(version)
            .setChannel(CHAMPION)
            .setState(gate.getPromoted() ? ReleaseState.CHAMPION : ReleaseState.REFUSED)
            .setBaseDigest(model.identity().digest())
            .setAdapterDigest(adapter)
            .setModelDigest(digest)
            .setLocation(artifacts.toAbsolutePath().relativize(location.toAbsolutePath()).toString())
            .setDatasetDigest(dataset.digest())
            .setRecipe(description)
            .setPromptTemplate(Night.promptTemplate())
            .setCalibrator(calibrator(version, digest, fit, now))
            .setGateReport(gate)
            .setApprover("gate")
            .setReleasedAt(now)
            .build();
    if (gate.getPromoted()) return List.of(release);
    ModelRelease shadow =
        ModelRelease.newBuilder(release).setChannel(SHADOW).setState(ReleaseState.SHADOW).build();
    return List.of(release, shadow);
  }

  /** Scores by questionId, as records. */
  Map<String, KnowledgeScore> knowledge(
      TrainingRequest request, List<dev.nescio.trainer.recipes.KnowledgeScore> scores) {
    Map<String, KnowledgeScore> records = new HashMap<>();
    for (dev.nescio.trainer.recipes.KnowledgeScore score : scores) {
      records.put(
          score.questionId(),
          KnowledgeScore.newBuilder()
              .setRequestId(request.getRequestId())
              .setModelDigest(score.modelDigest())
              .setProtocol(KnowledgeProtocol.valueOf(score.protocol().name()))
              .setSamples(
                  score.samples().stream()
                      .map(s -> new GradedSample(s.text(), s.correct(), s.seed(), s.exemplars()))
                      .toList())
              .setCorrect(score.correct())
              .setGrader(score.grader())
              .setScoredAt(clock.instant())
              .build());
    }
    return records;
  }

  /** Null when nothing could be fitted: the release then comes without a confidence and says so on every answer. */
  private Calibrator calibrator(String version, String digest, FittedRow fit, Instant now) {
    if (fit.map().isEmpty()) return null;
    FittedMap map = fit.map().get();
    return Calibrator.newBuilder()
        .setTenant(ANY)
        .setDomain(ANY)
        .setModelDigest(digest)
        .setModelVersion(version)
        .setEstimator(config.estimator())
        .setVersion(version + "/release")
        .setMethod(map.map().method())
        .setParameters(map.map().parameters())
        .setThreshold(fit.threshold().map(ReleaseRecords::threshold).orElse(null))
        .setN(map.n())
        .setCorrect(map.correct())
        .setFigures(map.figures())
        .setGrader(config.grader())
        .setFittedAt(now)
        .setFittedBy(FittedBy.RELEASE)
        .build();
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
}
