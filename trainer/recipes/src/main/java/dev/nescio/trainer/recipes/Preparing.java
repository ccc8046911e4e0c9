package dev.nescio.trainer.recipes;

import dev.nescio.answering.Ask;
import dev.nescio.answering.Prompts;
import dev.nescio.trainer.recipes.TrainingExample.Provenance;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What all recipes share: the live prompt, tags and provenance. */
final class Preparing {

  private Preparing() {}

  static KnowledgeScore require(Recipe recipe, KnowledgeItem item, Optional<KnowledgeScore> score) {
    KnowledgeScore given = score.orElseThrow(() -> new IllegalArgumentException(
        recipe.name() + " needs a knowledge score of " + item.questionId() + "; score the split first"));
    if (!given.questionId().equals(item.questionId())) {
      throw new IllegalArgumentException(
          "a score of " + given.questionId() + " was given for " + item.questionId());
    }
    return given;
  }

  static Recipe.Prepared example(
      Recipe recipe, KnowledgeItem item, Optional<KnowledgeScore> score, TargetLayout layout, double weight) {
    Map<String, String> tags = new TreeMap<>();
    item.relation().ifPresent(relation -> tags.put("relation", relation));
    score.ifPresent(s -> tags.put("ks", String.format(Locale.ROOT, "%d/%d", s.correct(), s.sampleCount())));
    Provenance provenance = new Provenance(
        recipe.name(), score.map(s -> s.protocol().id()).orElse(""), score.map(KnowledgeScore::modelDigest).orElse(""),
        score.map(KnowledgeScore::grader).orElse(""));
    // The answer length is not part of the prompt; Ask wants a bound that nothing here reads.
    String prompt = Prompts.render(Ask.zeroShot(item.question(), 1, Optional.empty()));
    return new Recipe.Prepared(new TrainingExample(
        item.questionId(), prompt, item.answer().strip(), layout, weight, tags, provenance));
  }
}
