package dev.nescio.trainer.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.schemas.FittedBy;
import dev.nescio.schemas.GateReport;
import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.ReleaseState;
import dev.nescio.schemas.TrainingRequest;
import dev.nescio.trainer.recipes.Dataset;
import dev.nescio.trainer.recipes.GradedSample;
import dev.nescio.trainer.recipes.KnowledgeItem;
import dev.nescio.trainer.recipes.KnowledgeProtocol;
import dev.nescio.trainer.recipes.KnowledgeScore;
import dev.nescio.trainer.recipes.Kwt;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReleaseRecordsTest {

  private static final String ADAPTER = "abcdef0123456789".repeat(4);
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Path STORE = Path.of("store");

  private final NightConfig config = NightConfig.standard(5);
  private final Dataset dataset =
      Dataset.of(List.of(new KnowledgeItem("q", "Q?", List.of("a"), Optional.empty())));
  private final ReleaseRecords records =
      new ReleaseRecords(config, new NamedModel(), STORE, Clock.fixed(NOW, ZoneOffset.UTC));

  private static TrainingRequest request(String id) {
    return TrainingRequest.newBuilder()
        .setRequestId(id).setReason("test").setRequestedBy("test").setRequestedAt(NOW).build();
  }

  private static GateReport gate(boolean promoted) {
    return GateReport.newBuilder()
        .setPromoted(promoted).setReason("because").setN(80).setRule("rule").setChampion("base").build();
  }

  private List<ModelRelease> release(String request, boolean promoted, FittedRow fit) {
    Night.Run run = new Night.Run("e".repeat(64), 5, "b".repeat(64), Map.of("epochs", "3"));
    return records.of(
        request(request), dataset, Kwt.published(), run, STORE.resolve("adapters").resolve("one"), ADAPTER, fit,
        gate(promoted));
  }

  private static FittedRow fitted() {
    return FittedRow.fit(Answers.twenty(), Answers.GRADER, Answers.policy(.2), 20);
  }

  @Test
  void aPromotedCandidateIsOneChampion() {
    assertThat(release("r", true, fitted())).singleElement().satisfies(release -> {
      assertThat(release.getChannel()).isEqualTo("champion");
      assertThat(release.getState()).isEqualTo(ReleaseState.CHAMPION);
      assertThat(release.getVersion()).startsWith("kwt-abcdef0123-");
      assertThat(release.getAdapterDigest()).isEqualTo(ADAPTER);
      assertThat(release.getModelDigest()).isEqualTo("b+" + ADAPTER);
      assertThat(release.getLocation()).isEqualTo(Path.of("adapters", "one").toString());
      assertThat(release.getReleasedAt()).isEqualTo(NOW);
      assertThat(release.getApprover()).isEqualTo("gate");
    });
  }

  @Test
  void aRefusedCandidateIsRefusedAsChampionAndStaysAShadow() {
    List<ModelRelease> releases = release("r", false, fitted());
    assertThat(releases).extracting(ModelRelease::getChannel).containsExactly("champion", "shadow");
    assertThat(releases).extracting(ModelRelease::getState)
        .containsExactly(ReleaseState.REFUSED, ReleaseState.SHADOW);
    assertThat(releases).extracting(ModelRelease::getVersion).containsOnly(releases.getFirst().getVersion());
  }

  @Test
  void theSameAdapterOfAnotherNightIsAnotherVersionSoThatItsRefusalDeposesNobody() {
    String champion = release("first", true, fitted()).getFirst().getVersion();
    assertThat(release("second", false, fitted()).getFirst().getVersion()).isNotEqualTo(champion);
    assertThat(release("first", true, fitted()).getFirst().getVersion()).isEqualTo(champion);
  }

  @Test
  void recordsWhatItWasTrainedOnAndHow() {
    ModelRelease release = release("r", true, fitted()).getFirst();
    assertThat(release.getDatasetDigest()).isEqualTo(dataset.digest());
    assertThat(release.getRecipe())
        .containsEntry("epochs", "3").containsEntry("examples", "e".repeat(64)).containsEntry("seed", "5")
        .containsEntry("request", "r").containsEntry("protocol", "base-fewshot").containsEntry("samples", "5")
        .containsEntry("grader", "lenient").containsEntry("recipe", Kwt.published().name());
  }

  @Test
  void shipsItsCalibratorForEverybody() {
    ModelRelease release = release("r", true, fitted()).getFirst();
    assertThat(release.getCalibrator()).satisfies(calibrator -> {
      assertThat(calibrator.getTenant()).isEqualTo("*");
      assertThat(calibrator.getDomain()).isEqualTo("*");
      assertThat(calibrator.getModelDigest()).isEqualTo(release.getModelDigest());
      assertThat(calibrator.getFittedBy()).isEqualTo(FittedBy.RELEASE);
      assertThat(calibrator.getN()).isEqualTo(20);
      assertThat(calibrator.getThreshold().getTau()).isEqualTo(.09);
      assertThat(calibrator.getParameters()).containsKeys("a", "b");
    });
  }

  @Test
  void comesWithoutACalibratorWhenNoneCouldBeFitted() {
    FittedRow none = FittedRow.fit(List.of(), Answers.GRADER, Answers.policy(.2), 20);
    assertThat(release("r", true, none).getFirst().getCalibrator()).isNull();
  }

  @Test
  void keepsEverySampleOfAScore() {
    KnowledgeScore score =
        new KnowledgeScore(
            "q", "digest", KnowledgeProtocol.BASE_FEWSHOT, "lenient",
            List.of(new GradedSample("a", true, 1, List.of("x")), new GradedSample("", false, 2, List.of())));
    assertThat(records.knowledge(request("r"), List.of(score))).hasSize(1).hasEntrySatisfying("q", record -> {
      assertThat(record.getRequestId()).isEqualTo("r");
      assertThat(record.getModelDigest()).isEqualTo("digest");
      assertThat(record.getCorrect()).isEqualTo(1);
      assertThat(record.getSamples()).hasSize(2);
      assertThat(record.getSamples().getFirst().getExemplars()).containsExactly("x");
    });
  }
}
