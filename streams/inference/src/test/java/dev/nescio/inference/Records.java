package dev.nescio.inference;

import dev.nescio.schemas.Calibrator;
import dev.nescio.schemas.FittedBy;
import dev.nescio.schemas.IdkMode;
import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.Policy;
import dev.nescio.schemas.Question;
import dev.nescio.schemas.QuestionOptions;
import dev.nescio.schemas.ReleaseState;
import dev.nescio.schemas.Threshold;
import dev.nescio.schemas.ThresholdScore;
import dev.nescio.schemas.ThresholdTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/** Records for tests, with only what a test cares about as parameters. */
final class Records {

  static final Instant ASKED_AT = Instant.parse("2026-01-02T03:04:05.678901Z");

  private Records() {}

  static Question question(String text, String askId) {
    return question(text, askId, new QuestionOptions("champion", 8, 0L));
  }

  static Question question(String text, String askId, QuestionOptions options) {
    return Question.newBuilder()
        .setText(text)
        .setAskId(askId)
        .setAskedAt(ASKED_AT)
        .setOptions(options)
        .setAttributes(Map.of("relation", "capital"))
        .build();
  }

  static Policy policy(String tenant, String domain, String version) {
    return Policy.newBuilder()
        .setTenant(tenant)
        .setDomain(domain)
        .setVersion(version)
        .setEstimator("sequence-probability")
        .setIdkMode(IdkMode.EITHER)
        .setCreatedAt(ASKED_AT)
        .setCreatedBy("test")
        .build();
  }

  static Calibrator calibrator(
      String tenant, String domain, String modelDigest, String version, long n, FittedBy by, int second) {
    return Calibrator.newBuilder()
        .setTenant(tenant)
        .setDomain(domain)
        .setModelDigest(modelDigest)
        .setModelVersion("v")
        .setEstimator("sequence-probability")
        .setVersion(version)
        .setMethod("platt")
        .setParameters(Map.of("a", 4.0, "b", -2.0))
        .setThreshold(new Threshold(ThresholdScore.P_IDK, 0.5, ThresholdTarget.A_FPR_AT_MOST, 0.025, n, n / 2, 0.0))
        .setN(n)
        .setCorrect(n / 2)
        .setGrader("lenient")
        .setFittedAt(ASKED_AT.plusSeconds(second))
        .setFittedBy(by)
        .build();
  }

  static ModelRelease release(String version, String channel, ReleaseState state) {
    return ModelRelease.newBuilder()
        .setVersion(version)
        .setChannel(channel)
        .setState(state)
        .setBaseDigest(WordModel.BASE)
        .setModelDigest(WordModel.BASE)
        .setPromptTemplate("qa-zero-shot.v1")
        .setApprover("gate")
        .setReleasedAt(ASKED_AT)
        .build();
  }

  /** A champion with an adapter, whose files are in a directory of that name below the artifacts. */
  static ModelRelease adapted(Path artifacts, String version, String id) throws IOException {
    Files.createDirectories(artifacts.resolve(id));
    Files.writeString(artifacts.resolve(id).resolve("adapter"), id);
    ModelRelease release = release(version, "champion", ReleaseState.CHAMPION);
    release.setAdapterDigest(id);
    release.setModelDigest("base+" + id);
    release.setLocation(id);
    return release;
  }
}
