package dev.nescio.dashboard;

import dev.nescio.schemas.Label;
import dev.nescio.schemas.LabelAction;
import dev.nescio.schemas.LabelSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which of the labels of one answer counts: the newest revision of each source, then the source with the highest
 * precedence (person, judge, grader, signal) that has not taken it back. Not thread-safe.
 */
final class LabelState {

  private final Map<LabelSource, Label> bySource = new EnumMap<>(LabelSource.class);

  /** Takes a label; an older revision of its source changes nothing. */
  void add(Label label) {
    Label had = bySource.get(label.getSource());
    if (had == null || !isNewer(had, label)) bySource.put(label.getSource(), label);
  }

  /** The label that counts; empty when there is none or all were taken back. */
  Optional<Label> current() {
    // The enum stands in order of precedence.
    return bySource.values().stream().filter(l -> l.getAction() == LabelAction.ASSERT).findFirst();
  }

  private static boolean isNewer(Label had, Label label) {
    if (had.getRevision() != label.getRevision()) return had.getRevision() > label.getRevision();
    return had.getLabelledAt().isAfter(label.getLabelledAt());
  }
}
