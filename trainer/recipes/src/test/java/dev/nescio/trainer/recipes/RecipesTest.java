package dev.nescio.trainer.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for every recipe. */
class RecipesTest {

  private final KnowledgeItem item = Items.item(1);

  private Optional<KnowledgeScore> scoreFor(Recipe recipe, int correct) {
    return switch (recipe.needs()) {
      case NONE -> Optional.empty();
      case SAMPLES -> Optional.of(Items.score(item, correct, 5));
      case GREEDY -> Optional.of(Items.score(item, Math.min(correct, 1), 1));
    };
  }

  @Test
  void namesAreUniqueAndFindTheRecipe() {
    assertThat(Recipes.all()).extracting(Recipe::name).doesNotHaveDuplicates();
    for (Recipe recipe : Recipes.all()) assertThat(Recipes.named(recipe.name())).isEqualTo(recipe);
  }

  @Test
  void theSameItemGivesTheSameExampleTwice() {
    for (Recipe recipe : Recipes.all()) {
      for (int correct = 0; correct <= 5; correct++) {
        assertThat(recipe.prepare(item, scoreFor(recipe, correct)))
            .isEqualTo(recipe.prepare(item, scoreFor(recipe, correct)));
      }
    }
  }

  @Test
  void aMissingScoreIsAnErrorThatNamesTheItem() {
    for (Recipe recipe : Recipes.all()) {
      if (recipe.needs() == Recipe.Knowledge.NONE) continue;
      assertThatThrownBy(() -> recipe.prepare(item, Optional.empty()))
          .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("q1");
    }
  }

  @Test
  void examplesCarryTheirRecipe() {
    for (Recipe recipe : Recipes.all()) {
      if (recipe.prepare(item, scoreFor(recipe, 5)) instanceof Recipe.Prepared(TrainingExample example)) {
        assertThat(example.provenance().recipe()).isEqualTo(recipe.name());
        assertThat(example.questionId()).isEqualTo("q1");
        assertThat(example.weight()).isEqualTo(1);
      }
    }
  }

  @Test
  void everyRecipeClassIsInTheList() throws IOException, URISyntaxException {
    Path classes = Path.of(Recipe.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<String> found;
    try (Stream<Path> files = Files.list(classes.resolve("dev/nescio/trainer/recipes"))) {
      found = files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".class"))
          .map(name -> name.substring(0, name.length() - 6)).toList();
    }
    List<String> recipes = found.stream().filter(RecipesTest::isRecipe).toList();
    assertThat(Recipes.all()).extracting(recipe -> recipe.getClass().getSimpleName())
        .containsExactlyInAnyOrderElementsOf(recipes);
  }

  private static boolean isRecipe(String simpleName) {
    try {
      Class<?> type = Class.forName("dev.nescio.trainer.recipes." + simpleName);
      return Recipe.class.isAssignableFrom(type) && !type.isInterface();
    } catch (ClassNotFoundException e) {
      throw new AssertionError(simpleName, e);
    }
  }

  @Test
  void parametersAreReadAndUnknownOnesRefused() {
    assertThat(Recipes.named("kwt")).isEqualTo(Kwt.published());
    assertThat(Recipes.named("kwt:weights=reverse"))
        .isEqualTo(new Kwt(KnowledgeWeight.REVERSE, TargetLayout.APPEND));
    assertThat(Recipes.named("kwt:target=none,weights=uniform"))
        .isEqualTo(new Kwt(KnowledgeWeight.UNIFORM, TargetLayout.PLAIN));
    assertThatThrownBy(() -> Recipes.named("kwt:weight=reverse")).hasMessageContaining("no parameter weight");
    assertThatThrownBy(() -> Recipes.named("kwt:weights=odd")).hasMessageContaining("familiarity, reverse and uniform");
    assertThatThrownBy(() -> Recipes.named("kwt:weights=reverse,weights=uniform")).hasMessageContaining("twice");
    assertThatThrownBy(() -> Recipes.named("sft:x=1")).hasMessageContaining("no parameters");
    assertThatThrownBy(() -> Recipes.named("magic")).hasMessageContaining("r-tuning");
  }

  @Test
  void ftTopLeavesUnknownItemsOutAndRTuningFlagsWrongOnes() {
    assertThat(new FtTop().prepare(item, Optional.of(Items.score(item, 0, 5))))
        .isEqualTo(new Recipe.LeftOut("q1", "no sample was correct"));
    TrainingExample wrong =
        ((Recipe.Prepared) new RTuning().prepare(item, Optional.of(Items.score(item, 0, 1)))).example();
    assertThat(wrong.layout()).isEqualTo(TargetLayout.APPEND);
    assertThat(wrong.weight()).isEqualTo(1);
    assertThatThrownBy(() -> new RTuning().prepare(item, Optional.of(Items.score(item, 0, 5))))
        .hasMessageContaining("one greedy answer");
  }
}
