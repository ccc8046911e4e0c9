package dev.nescio.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * When the eviction clock has to look at which item. Those of one commit stand together under the earliest of their
 * times, since items that come together mostly go together: a million of them are some hundred records and not a
 * million.
 */
final class Deadlines {

  /** An item to look at, and when; microseconds since 1970. */
  record Deadline(String questionId, long at) {}

  private static final int VERSION = 1;
  /** In one record; about 40 bytes each. */
  private static final int MAX_TOGETHER = 1_000;

  private final KeyValueStore<String, byte[]> store;
  private final Map<String, Long> added = new LinkedHashMap<>();

  /** @param store without a cache of its own */
  Deadlines(KeyValueStore<String, byte[]> store) {
    this.store = store;
  }

  /** The item is to be looked at then; an earlier call for a later time need not be taken back. */
  void add(String questionId, long at) {
    added.put(questionId, at);
  }

  /** Writes what was added since the last time. */
  void write() {
    List<Deadline> all = new ArrayList<>();
    added.forEach((questionId, at) -> all.add(new Deadline(questionId, at)));
    added.clear();
    for (int start = 0; start < all.size(); start += MAX_TOGETHER) {
      List<Deadline> together = all.subList(start, Math.min(all.size(), start + MAX_TOGETHER));
      long earliest = together.stream().mapToLong(Deadline::at).min().orElseThrow();
      store.put(free(earliest), toBytes(together));
    }
  }

  /** Takes out the deadlines that have passed, from as many records as hold at least {@code most}. */
  List<Deadline> take(long now, int most) {
    List<Deadline> due = new ArrayList<>();
    List<String> read = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> range = store.range(SortKeys.digits(0), SortKeys.digits(now + 1))) {
      while (range.hasNext() && due.size() < most) {
        KeyValue<String, byte[]> next = range.next();
        read.add(next.key);
        for (Deadline deadline : fromBytes(next.value)) {
          if (deadline.at() <= now) due.add(deadline);
          else added.putIfAbsent(deadline.questionId(), deadline.at());
        }
      }
    }
    read.forEach(store::delete);
    return due;
  }

  /** A key that is not in use; several commits may have the same earliest time. */
  private String free(long earliest) {
    String time = SortKeys.digits(earliest) + " ";
    int number = 0;
    while (store.get(time + number) != null) number++;
    return time + number;
  }

  private static byte[] toBytes(List<Deadline> together) {
    FieldWriter out = new FieldWriter().version(VERSION).number(together.size());
    long before = 0;
    for (Deadline deadline : together) {
      out.text(deadline.questionId()).number(deadline.at() - before);
      before = deadline.at();
    }
    return out.toBytes();
  }

  private static List<Deadline> fromBytes(byte[] bytes) {
    FieldReader in = new FieldReader(bytes);
    in.version("deadlines", VERSION);
    List<Deadline> together = new ArrayList<>();
    long before = 0;
    for (int left = in.count(); left > 0; left--) {
      Deadline next = new Deadline(in.text(), before + in.number());
      before = next.at();
      together.add(next);
    }
    return together;
  }
}
