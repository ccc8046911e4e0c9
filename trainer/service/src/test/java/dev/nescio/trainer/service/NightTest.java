package dev.nescio.trainer.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.nescio.model.LocalLanguageModels;
import dev.nescio.model.hub.ModelSource;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalModelConfig;
import dev.nescio.schemas.GradedSample;
import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.Reference;
import dev.nescio.schemas.TrainingRequest;
import dev.nescio.trainer.finetune.FineTuneConfig;
import dev.nescio.trainer.recipes.DataSplit;
import dev.nescio.trainer.recipes.Dataset;
import dev.nescio.trainer.recipes.KnowledgeItem;
import dev.nescio.trainer.recipes.Split;
import dev.nescio.trainer.recipes.SplitConfig;
import dev.nescio.trainer.recipes.TrainingExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole night on SmolLM2-135M-Instruct with few questions. */
class NightTest {

  private static final SplitConfig SPLIT =
      new SplitConfig(
          Map.of(Split.TRAINING, .5, Split.CALIBRATION, .25, Split.GATE, .25),
          Map.of(Split.TRAINING, 24, Split.CALIBRATION, 12, Split.GATE, 12), "night-test");
  private static final NightConfig CONFIG = NightConfig.standard(3).withSplit(SPLIT).withMinimumFit(10);
  private static final Map<String, String> QUICK =
      Map.of("samples", "2", "minimum-gate", "12", "tune.epochs", "1");

  @TempDir static Path directory;
  private static LocalLanguageModel model;
  private static Path base;
  private static Map<String, Reference> references;
  private static DataSplit.Parts<KnowledgeItem> parts;
  private static NightWork.Result first;
  private static final List<NightStep> heard = new ArrayList<>();

  @BeforeAll
  static void workOneNight() throws IOException {
    Path cache = Path.of(System.getProperty("nescio.cache", System.getProperty("user.home") + "/.cache/nescio"));
    try {
      base = ModelSource.parse("default", ModelSource.HUB).resolve(cache);
    } catch (IOException e) {
      abort("SKIPPED NightTest, needs SmolLM2-135M-Instruct: " + e.getMessage());
    }
    model = LocalLanguageModels.open(LocalModelConfig.of(base));
    references = WorldFacts.of("capital");
    parts = new DataSplit(SPLIT).split(ReferenceItems.of(references).items());
    first =
        night(directory.resolve("first"), Optional.empty())
            .run(
                request(QUICK),
                (step, state, done, total, unit, remaining, message, figures) -> {
                  if (state == NightListener.State.STARTED) heard.add(step);
                });
  }

  @AfterAll
  static void closeModel() {
    if (model != null) model.close();
  }

  private static Night night(Path store, Optional<ModelRelease> champion) {
    return new Night(
        CONFIG, model, new AdapterTuner(base, model.identity(), FineTuneConfig.standard()), store, () -> references,
        () -> champion, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
  }

  private static TrainingRequest request(Map<String, String> overrides) {
    return TrainingRequest.newBuilder()
        .setRequestId("night").setReason("test").setRequestedBy("test").setRequestedAt(Instant.EPOCH).setSeed(5)
        .setOverrides(overrides).build();
  }

  private static Set<String> ids(Split split) {
    return parts.get(split).stream().map(KnowledgeItem::questionId).collect(Collectors.toSet());
  }

  @Test
  void goesThroughEveryStepInOrder() {
    assertThat(heard).containsExactly(NightStep.values());
  }

  @Test
  void releasesNameAnAdapterThatLoads() throws IOException {
    assertThat(first.releases()).isNotEmpty();
    for (ModelRelease release : first.releases()) {
      Path adapter = directory.resolve("first").resolve(release.getLocation());
      assertThat(adapter).isDirectoryContaining("glob:**/adapter_config.json")
          .isDirectoryContaining("glob:**/adapter_model.safetensors").isDirectoryContaining("glob:**/tokenizer.json");
      String loaded = model.loadAdapter(adapter);
      assertThat(loaded).isEqualTo(release.getAdapterDigest());
      assertThat(release.getModelDigest()).isEqualTo(model.digest(Optional.of(loaded)));
      assertThat(release.getBaseDigest()).isEqualTo(model.identity().digest());
      assertThat(release.getGateReport().getN()).isEqualTo(12);
      model.unloadAdapter(loaded);
    }
  }

  @Test
  void knowledgeIsThatOfTheBaseAboutTrainingItemsOnly() {
    assertThat(first.knowledge().keySet()).isEqualTo(ids(Split.TRAINING)).hasSize(24);
    assertThat(first.knowledge().values()).allSatisfy(score -> {
      assertThat(score.getModelDigest()).isEqualTo(model.digest(Optional.empty()));
      assertThat(score.getSamples()).hasSize(2);
      for (GradedSample sample : score.getSamples()) {
        assertThat(ids(Split.TRAINING)).containsAll(sample.getExemplars());
      }
    });
  }

  @Test
  void nothingButTrainingItemsIsTrainedOn() throws IOException {
    ModelRelease release = first.releases().getFirst();
    Path datasets = directory.resolve("first").resolve("datasets");
    List<TrainingExample> examples =
        Dataset.read(datasets.resolve(release.getRecipe().get("examples") + ".jsonl"), TrainingExample.class);
    assertThat(examples).isNotEmpty().extracting(TrainingExample::questionId)
        .isSubsetOf(ids(Split.TRAINING)).doesNotContainAnyElementsOf(ids(Split.CALIBRATION))
        .doesNotContainAnyElementsOf(ids(Split.GATE));
    assertThat(Dataset.read(datasets.resolve(release.getDatasetDigest() + ".jsonl"), KnowledgeItem.class))
        .containsExactlyInAnyOrderElementsOf(parts.get(Split.TRAINING));
  }

  @Test
  void theSameSeedGivesTheSameAdapterFromKeptScores() throws IOException {
    Path store = directory.resolve("second");
    copy(directory.resolve("first").resolve("knowledge"), store.resolve("knowledge"));
    List<String> messages = new ArrayList<>();
    NightWork.Result second =
        night(store, Optional.empty())
            .run(
                request(QUICK),
                (step, state, done, total, unit, remaining, message, figures) -> {
                  if (step == NightStep.KNOWLEDGE) messages.add(message);
                });
    assertThat(messages).hasSize(2).last().asString().contains("kept from an earlier night");
    assertThat(second).as("scores, adapter, fit and gate").isEqualTo(first);
  }

  @Test
  void aChampionThatCannotBeComparedWithIsNamed() {
    Path store = directory.resolve("first");
    ModelRelease release = first.releases().getFirst();
    assertThatThrownBy(() -> rerunAgainst(store, ModelRelease.newBuilder(release).setBaseDigest("other").build()))
        .isInstanceOf(IOException.class).hasMessageContaining(release.getVersion())
        .hasMessageContaining("another base");
    assertThatThrownBy(() -> rerunAgainst(store, ModelRelease.newBuilder(release).setLocation("../else").build()))
        .isInstanceOf(IOException.class).hasMessageContaining("outside the artifact store");
    assertThatThrownBy(() -> rerunAgainst(store, ModelRelease.newBuilder(release).setAdapterDigest("00").build()))
        .isInstanceOf(IOException.class).hasMessageContaining("has changed");
  }

  @Test
  void settingsThatMakeNoSenseAreRefusedBeforeAnythingIsDone() {
    List<NightStep> steps = new ArrayList<>();
    for (Map<String, String> wrong :
        List.of(Map.of("tune.method", "none"), Map.of("tune.seed", "1"), Map.of("tune.epoch", "1"))) {
      assertThatThrownBy(
          () -> night(directory.resolve("none"), Optional.empty())
              .run(request(wrong), (step, state, done, total, unit, remaining, message, figures) -> steps.add(step)))
          .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("fine-tuning");
    }
    assertThat(steps).isEmpty();
  }

  private static void rerunAgainst(Path store, ModelRelease champion) throws IOException {
    night(store, Optional.of(champion))
        .run(request(QUICK), (step, state, done, total, unit, remaining, message, figures) -> { });
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(from)) {
      paths = walk.toList();
    }
    for (Path path : paths) {
      Path target = to.resolve(from.relativize(path).toString());
      Files.createDirectories(target.getParent());
      Files.copy(path, target);
    }
  }
}
