package dev.nescio.trainer.service;

import dev.nescio.schemas.Reference;
import dev.nescio.trainer.recipes.KnowledgeItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Items for a night, made of the references in force.
 *
 * @param items           in order of questionId, so that the same topic content gives the same list
 * @param withoutQuestion references that carry no question text
 * @param unanswerable    references of items without an answer
 */
public record ReferenceItems(List<KnowledgeItem> items, long withoutQuestion, long unanswerable) {

  public ReferenceItems {
    items = List.copyOf(items);
  }

  /** @param references latest reference by questionId */
  public static ReferenceItems of(Map<String, Reference> references) {
    List<KnowledgeItem> items = new ArrayList<>();
    long withoutQuestion = 0;
    long unanswerable = 0;
    for (Map.Entry<String, Reference> entry : new TreeMap<>(references).entrySet()) {
      Reference reference = entry.getValue();
      if (reference.getText() == null || reference.getText().isBlank()) {
        withoutQuestion++;
      } else if (!reference.getAnswerable() || reference.getAnswers().isEmpty()) {
        unanswerable++;
      } else {
        items.add(
            new KnowledgeItem(
                entry.getKey(), reference.getText(), reference.getAnswers(),
                Optional.ofNullable(reference.getAttributes().get("relation"))));
      }
    }
    return new ReferenceItems(items, withoutQuestion, unanswerable);
  }
}
