package dev.nescio.evaluation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Everything the join knows about one item. Mutable, owned by the stream thread of its partition. */
final class ItemState {

  private static final int VERSION = 1;

  /** A label before its answer. */
  record Early(LabelFacts label, long evictAt) {}

  /** What is left of an evicted answer, to tell its labels from orphans. */
  record Tombstone(long answeredAt, long forgetAt) {}

  ReferenceFacts reference;
  final Map<String, AnswerState> answers = new LinkedHashMap<>();
  final List<Early> early = new ArrayList<>();
  /** Hash of each label id seen, and when it may be forgotten. */
  final Map<Long, Long> seen = new HashMap<>();
  /** By hash of the answer id. */
  final Map<Long, Tombstone> tombstones = new HashMap<>();
  /** When the eviction clock looks at this item next; {@link Long#MAX_VALUE} when it need not. */
  long lookAt = Long.MAX_VALUE;

  /** The earliest time at which something of this item may go. */
  long nextDeadline() {
    long next = Long.MAX_VALUE;
    for (AnswerState answer : answers.values()) next = Math.min(next, answer.evictAt());
    for (Early waiting : early) next = Math.min(next, waiting.evictAt());
    for (long forgetAt : seen.values()) next = Math.min(next, forgetAt);
    for (Tombstone tombstone : tombstones.values()) next = Math.min(next, tombstone.forgetAt());
    return next;
  }

  /** Of an answer that was evicted, or null. */
  Tombstone tombstone(String answerId) {
    return tombstones.isEmpty() ? null : tombstones.get(Hashes.of(answerId));
  }

  boolean isEmpty() {
    return reference == null && answers.isEmpty() && early.isEmpty() && seen.isEmpty() && tombstones.isEmpty();
  }

  byte[] toBytes(String questionId, Words words) {
    FieldWriter out = new FieldWriter(words).version(VERSION).number(lookAt).flag(reference != null);
    if (reference != null) reference.write(out);
    out.number(answers.size());
    for (AnswerState answer : answers.values()) answer.write(questionId, out);
    out.number(early.size());
    for (Early waiting : early) {
      waiting.label().write(questionId, out);
      out.number(waiting.evictAt());
    }
    out.number(seen.size());
    seen.forEach((id, forgetAt) -> out.fixed(id).number(forgetAt));
    out.number(tombstones.size());
    tombstones.forEach((id, stone) -> out.fixed(id).number(stone.answeredAt()).number(stone.forgetAt()));
    return out.toBytes();
  }

  static ItemState fromBytes(String questionId, byte[] bytes, Words words) {
    FieldReader in = new FieldReader(bytes, words);
    in.version("item", VERSION);
    ItemState state = new ItemState();
    state.lookAt = in.number();
    if (in.flag()) state.reference = ReferenceFacts.read(in);
    for (int left = in.count(); left > 0; left--) {
      AnswerState answer = AnswerState.read(questionId, in);
      state.answers.put(answer.facts().answerId(), answer);
    }
    for (int left = in.count(); left > 0; left--) {
      state.early.add(new Early(LabelFacts.read(questionId, in), in.number()));
    }
    for (int left = in.count(); left > 0; left--) state.seen.put(in.fixed(), in.number());
    for (int left = in.count(); left > 0; left--) {
      state.tombstones.put(in.fixed(), new Tombstone(in.number(), in.number()));
    }
    return state;
  }
}
