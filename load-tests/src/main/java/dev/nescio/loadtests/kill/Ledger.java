package dev.nescio.loadtests.kill;

import dev.nescio.loadtests.kill.Traffic.Event;
import dev.nescio.schemas.Question;
import dev.nescio.schemas.Reference;
import dev.nescio.schemas.topics.Topics;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What was sent since the system was started. Thread-safe by being filled before anything is compared. */
final class Ledger {

  /** Of questions that can be answered. */
  final Set<String> askIds = new HashSet<>();
  /** Items with a reference; one has at most one. */
  final Set<String> referenced = new HashSet<>();
  /** Records by topic, those that nobody can read among them. */
  final Map<String, Long> sent = new HashMap<>();
  /** Of these, those that nobody can read. */
  final Map<String, Long> unreadable = new HashMap<>();

  /** Enters a record that goes out. */
  synchronized void enter(Event event) {
    sent.merge(event.topic().name(), 1L, Long::sum);
    if (event.record() == null) unreadable.merge(event.topic().name(), 1L, Long::sum);
    if (event.record() instanceof Question question) askIds.add(question.getAskId());
    if (event.record() instanceof Reference) referenced.add(event.key());
  }

  /** Records of people and signals on the topic of labels. */
  synchronized long labelsSent() {
    return sent.getOrDefault(Topics.LABELS.name(), 0L);
  }
}
