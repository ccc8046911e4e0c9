package dev.nescio.trainer.recipes;

import dev.nescio.grading.NormalText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A fixed number of exemplar sets, drawn once from the items of a split; each sample then draws one of the sets that do
 * not hold its own question. Prompts that share a set share most of their prefill.
 */
final class ExemplarPool {

  private final List<KnowledgeItem> items;
  private final int shots;
  private final List<List<KnowledgeItem>> sets;

  ExemplarPool(List<KnowledgeItem> items, int shots, int size, long seed) {
    this.items = List.copyOf(items);
    this.shots = shots;
    List<List<KnowledgeItem>> drawn = new ArrayList<>();
    for (int i = 0; i < size; i++) drawn.add(draw(this.items, new Random(Seeds.of(seed, "exemplar-set", i))));
    this.sets = List.copyOf(drawn);
  }

  /**
   * Sets for the samples of one item: different ones as long as there are enough, in random order.
   *
   * @throws IllegalArgumentException when there are not enough other items
   */
  List<List<KnowledgeItem>> setsFor(KnowledgeItem item, int count, Random random) {
    String own = NormalText.of(item.question());
    List<List<KnowledgeItem>> allowed = new ArrayList<>(sets.stream().filter(set -> !holds(set, item, own)).toList());
    if (allowed.isEmpty()) allowed.add(draw(others(item, own), random));
    List<List<KnowledgeItem>> result = new ArrayList<>();
    while (result.size() < count) {
      Collections.shuffle(allowed, random);
      result.addAll(allowed.subList(0, Math.min(allowed.size(), count - result.size())));
    }
    return result;
  }

  private List<KnowledgeItem> draw(List<KnowledgeItem> from, Random random) {
    if (from.size() < shots) {
      throw new IllegalArgumentException(
          "few-shot scoring needs " + shots + " other items for exemplars, there are " + from.size()
              + "; use a larger training split or fewer shots");
    }
    Set<Integer> places = new TreeSet<>();
    List<KnowledgeItem> set = new ArrayList<>();
    while (set.size() < shots) {
      int place = random.nextInt(from.size());
      if (places.add(place)) set.add(from.get(place));
    }
    return List.copyOf(set);
  }

  private List<KnowledgeItem> others(KnowledgeItem item, String own) {
    return items.stream().filter(other -> !same(other, item, own)).collect(Collectors.toList());
  }

  private static boolean holds(List<KnowledgeItem> set, KnowledgeItem item, String own) {
    return set.stream().anyMatch(other -> same(other, item, own));
  }

  private static boolean same(KnowledgeItem other, KnowledgeItem item, String own) {
    return other.questionId().equals(item.questionId()) || NormalText.of(other.question()).equals(own);
  }
}
