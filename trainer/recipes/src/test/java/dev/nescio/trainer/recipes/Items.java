package dev.nescio.trainer.recipes;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Items for tests. */
final class Items {

  private Items() {}

  static KnowledgeItem item(int number) {
    return new KnowledgeItem("q" + number, "What is the capital of country " + number + "?",
        List.of("City" + number), Optional.of("capital"));
  }

  static List<KnowledgeItem> items(int count) {
    return IntStream.range(0, count).mapToObj(Items::item).toList();
  }

  /** A score with so many correct of so many samples. */
  static KnowledgeScore score(KnowledgeItem item, int correct, int samples) {
    List<GradedSample> graded = IntStream.range(0, samples)
        .mapToObj(i -> new GradedSample("x", i < correct, i, List.of())).toList();
    return new KnowledgeScore(item.questionId(), "d0", KnowledgeProtocol.BASE_FEWSHOT, "lenient", graded);
  }
}
