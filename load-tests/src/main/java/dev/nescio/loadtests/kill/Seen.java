package dev.nescio.loadtests.kill;

import dev.nescio.evaluation.KeptAnswer;
import dev.nescio.schemas.Accounting;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.Evidence;
import dev.nescio.schemas.Example;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.LateLabel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.avro.specific.SpecificRecord;

/** What a reader of committed records has seen since the system was started. Mutable, of one thread. */
final class Seen {

  /** A label with its place on its partition, the last tie-break among labels of one source. */
  record Placed(Label label, long offset) {}

  /** The newest value of an item in the changelog. */
  record StoredItem(int partition, byte[] value) {}

  /** Every record, in the order of its partition. */
  final List<Answer> answers = new ArrayList<>();
  final List<Placed> labels = new ArrayList<>();
  /** Label records that cannot be read. */
  long unreadableLabels;
  /** Records by answer. */
  final Map<String, Long> evidence = new HashMap<>();
  /** The last label that an answer was shown together with. */
  final Map<String, String> lastExample = new HashMap<>();
  /** Answers of examples that say the same as the one before about the same answer. */
  final List<String> repeatedExamples = new ArrayList<>();
  /** Records by label. */
  final Map<String, Long> lateLabels = new HashMap<>();
  /** Records by topic, partition and offset of the record that was set aside. */
  final Map<List<String>, Long> deadLetters = new HashMap<>();
  /** The newest of each key. */
  final Map<String, Accounting> accounts = new LinkedHashMap<>();
  final Map<String, CalibrationSnapshot> snapshots = new LinkedHashMap<>();
  /** The changelog of evaluation's items, by question id. */
  final Map<String, StoredItem> items = new HashMap<>();
  /** The words of each partition of it, by number. */
  final Map<Integer, SortedMap<Integer, String>> words = new HashMap<>();

  /** Enters a record that can be read. */
  void take(String key, long offset, SpecificRecord record) {
    switch (record) {
      case Answer answer -> answers.add(answer);
      case Label label -> labels.add(new Placed(label, offset));
      case Evidence shown -> evidence.merge(shown.getAnswerId(), 1L, Long::sum);
      case Example example -> take(example);
      case LateLabel late -> lateLabels.merge(late.getLabel().getLabelId(), 1L, Long::sum);
      case Accounting accounting -> accounts.put(key, accounting);
      case CalibrationSnapshot snapshot -> snapshots.put(key, snapshot);
      default -> throw new IllegalArgumentException("not a record of these topics: " + record.getSchema().getName());
    }
  }

  /** Every answer that the join keeps, by its id. */
  Map<String, KeptAnswer> kept() {
    Map<Integer, List<String>> lists = new HashMap<>();
    words.forEach((partition, byNumber) -> lists.put(partition, List.copyOf(byNumber.values())));
    Map<String, KeptAnswer> kept = new HashMap<>();
    items.forEach((questionId, item) ->
        KeptAnswer.of(questionId, item.value(), lists.getOrDefault(item.partition(), List.of()))
            .forEach(answer -> kept.put(answer.answerId(), answer)));
    return kept;
  }

  private void take(Example example) {
    String answerId = example.getAnswer().getAnswerId();
    String labelId = example.getLabel().getLabelId();
    if (labelId.equals(lastExample.put(answerId, labelId))) repeatedExamples.add(answerId);
  }
}
