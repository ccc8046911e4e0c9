package dev.nescio.standalone;

import dev.nescio.producers.BadLinesException;
import dev.nescio.producers.BundledQuestions;
import dev.nescio.producers.QuestionFile;
import dev.nescio.producers.QuestionItem;
import dev.nescio.trainer.recipes.DataSplit;
import dev.nescio.trainer.recipes.KnowledgeItem;
import dev.nescio.trainer.recipes.SplitConfig;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The demo's questions. */
final class Items {

  private Items() {}

  /** Answerable questions of the file, or the bundled ones. */
  static List<QuestionItem> load(Optional<Path> file) {
    if (file.isEmpty()) return BundledQuestions.worldFacts();
    try {
      List<QuestionItem> items =
          QuestionFile.read(file.get()).orFail().stream().filter(item -> item.answerable().orElse(false)).toList();
      if (items.isEmpty()) {
        throw new UserError(
            file.get() + " has no question with accepted answers; write {\"question\": ..., \"answers\": [...]} a line");
      }
      return items;
    } catch (BadLinesException e) {
      throw new UserError(e.getMessage() + "\nnothing was published; mend the lines and start again", e);
    } catch (UncheckedIOException e) {
      throw new UserError(e.getMessage() + " given with --data", e);
    }
  }

  /**
   * A bounded part that keeps the proportions of the splits: taken alternately, in the order of the splits' own hash.
   */
  static List<QuestionItem> limit(List<QuestionItem> items, int most, SplitConfig split) {
    if (items.size() <= most) return items;
    DataSplit.Parts<QuestionItem> parts = new DataSplit(split).split(items, QuestionItem::text);
    List<Placed> placed = new ArrayList<>();
    parts.bySplit().values().forEach(part -> {
      for (int i = 0; i < part.size(); i++) placed.add(new Placed(part.get(i), (i + 0.5) / part.size()));
    });
    placed.sort(Comparator.comparingDouble(Placed::place).thenComparing(p -> p.item().questionId()));
    return placed.stream().limit(most).map(Placed::item).toList();
  }

  static KnowledgeItem knowledge(QuestionItem item) {
    return new KnowledgeItem(
        item.questionId(), item.text(), item.answers(), Optional.ofNullable(item.attributes().get("relation")));
  }

  private record Placed(QuestionItem item, double place) {}
}
