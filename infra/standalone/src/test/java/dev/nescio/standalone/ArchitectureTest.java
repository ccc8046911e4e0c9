package dev.nescio.standalone;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** The directions of dependencies that the modules exist for. */
class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.nescio");

  private static final String KAFKA = "org.apache.kafka..";
  private static final String DJL = "ai.djl..";
  private static final String MICRONAUT = "io.micronaut..";
  private static final List<String> APPS =
      List.of("dev.nescio.producers..", "dev.nescio.inference..", "dev.nescio.evaluation..",
          "dev.nescio.judge..", "dev.nescio.dashboard..", "dev.nescio.trainer.service..");
  /** From the ground up: each uses only those before it. */
  private static final List<String> MODEL =
      List.of("kernel", "chat", "sampling", "files", "torch", "llama", "gguf", "peft", "tokenizer", "hub", "local",
          "generation", "batch", "cpu", "engine");

  @Test
  void everyModuleIsSeen() {
    for (String name : List.of("schemas", "producers", "language", "model", "confidence", "metrics", "grading",
        "answering", "inference", "evaluation", "judge", "dashboard", "broker", "bytemodel", "standalone",
        "trainer.objectives", "trainer.recipes", "trainer.finetune", "trainer.service")) {
      Assertions.assertThat(CLASSES).as(name)
          .anyMatch(type -> type.getPackageName().startsWith("dev.nescio." + name));
    }
  }

  @Test
  void arithmeticKnowsNeitherEngineNorBroker() {
    noClasses()
        .that().resideInAnyPackage("dev.nescio.confidence..", "dev.nescio.metrics..", "dev.nescio.language..",
            "dev.nescio.grading..")
        .should().dependOnClassesThat().resideInAnyPackage(KAFKA, DJL, MICRONAUT, "dev.nescio.schemas..")
        .check(CLASSES);
  }

  @Test
  void librariesKnowNoBroker() {
    noClasses()
        .that().resideInAnyPackage("dev.nescio.model..", "dev.nescio.answering..", "dev.nescio.trainer.objectives..",
            "dev.nescio.trainer.recipes..", "dev.nescio.trainer.finetune..")
        .should().dependOnClassesThat().resideInAnyPackage(KAFKA, MICRONAUT, "dev.nescio.schemas..")
        .check(CLASSES);
  }

  @Test
  void streamLibrariesDoNotKnowTheTrainer() {
    noClasses()
        .that().resideOutsideOfPackages("dev.nescio.trainer..", "dev.nescio.standalone..")
        .should().dependOnClassesThat().resideInAPackage("dev.nescio.trainer..")
        .check(CLASSES);
  }

  @Test
  void appsMeetAtTopicsOnly() {
    for (String app : APPS) {
      String[] others = APPS.stream().filter(other -> !other.equals(app)).toArray(String[]::new);
      noClasses().that().resideInAPackage(app)
          .should().dependOnClassesThat().resideInAnyPackage(others)
          .because("apps meet at topics: " + Arrays.toString(others))
          .check(CLASSES);
    }
  }

  @Test
  void onlyTheHttpServersKnowMicronaut() {
    noClasses()
        .that().resideOutsideOfPackages("dev.nescio.dashboard..", "dev.nescio.inference.serve..")
        .should().dependOnClassesThat().resideInAPackage(MICRONAUT)
        .check(CLASSES);
  }

  @Test
  void servingNeedsNoBroker() {
    noClasses()
        .that().resideInAPackage("dev.nescio.inference.serve..")
        .should().dependOnClassesThat().resideInAnyPackage(KAFKA, "dev.nescio.schemas..")
        .check(CLASSES);
  }

  @Test
  void onlyStandaloneKnowsApps() {
    noClasses()
        .that().resideOutsideOfPackages("dev.nescio.standalone..", "dev.nescio.producers..", "dev.nescio.inference..",
            "dev.nescio.evaluation..", "dev.nescio.judge..", "dev.nescio.dashboard..", "dev.nescio.trainer.service..")
        .should().dependOnClassesThat().resideInAnyPackage(APPS.toArray(String[]::new))
        .check(CLASSES);
  }

  @Test
  void packagesOfTheModelUseOnlyThoseBelowThem() {
    for (int i = 0; i < MODEL.size(); i++) {
      List<String> above = new ArrayList<>(List.of("dev.nescio.model"));
      for (String higher : MODEL.subList(i + 1, MODEL.size())) above.add("dev.nescio.model." + higher + "..");
      noClasses().that().resideInAPackage("dev.nescio.model." + MODEL.get(i) + "..")
          .should().dependOnClassesThat().resideInAnyPackage(above.toArray(String[]::new))
          .check(CLASSES);
    }
  }

  @Test
  void everyPackageOfTheModelHasItsPlace() {
    Assertions.assertThat(CLASSES.stream().map(JavaClass::getPackageName)
        .filter(name -> name.startsWith("dev.nescio.model.")).map(name -> name.split("\\.")[3]).distinct())
        .containsExactlyInAnyOrderElementsOf(MODEL);
  }

  @Test
  void theTwoWaysOfComputingAModelDoNotKnowEachOther() {
    // What goes on inside is written down alike, in a probe.
    noClasses().that().resideInAPackage("dev.nescio.model.engine..")
        .should().dependOnClassesThat(
            resideInAnyPackage("dev.nescio.model.cpu..", "dev.nescio.model.kernel..").and(not(simpleName("Probe"))))
        .check(CLASSES);
  }

  @Test
  void whatARequestIsWhileItIsComputedStaysInTheModel() {
    noClasses().that().resideOutsideOfPackage("dev.nescio.model..")
        .should().dependOnClassesThat().resideInAnyPackage("dev.nescio.model.generation..", "dev.nescio.model.batch..",
            "dev.nescio.model.cpu..", "dev.nescio.model.sampling..", "dev.nescio.model.chat..")
        .check(CLASSES);
  }

  @Test
  void modulesHaveNoCycles() {
    SlicesRuleDefinition.slices().matching("dev.nescio.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
