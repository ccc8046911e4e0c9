package dev.nescio.evaluation;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The items of a partition: those touched last decoded in memory, all of them in the store. What changed is written at
 * the latest before the commit, so an item that is hot is read, decoded, encoded and logged once in a second.
 */
final class Items {

  /** Some kilobytes each. */
  private static final int MAX_HELD = 4_096;

  private static final class Held {
    final ItemState state;
    boolean changed;

    Held(ItemState state) {
      this.state = state;
    }
  }

  private final KeyValueStore<String, byte[]> store;
  private final Words words;
  /** The least recently used first. */
  private final Map<String, Held> held = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param store without a cache of its own
   * @param words of the same partition
   */
  Items(KeyValueStore<String, byte[]> store, Words words) {
    this.store = store;
    this.words = words;
  }

  /** The item as it is now, or a new one; to be changed only together with {@link #changed}. */
  ItemState get(String questionId) {
    Held known = held.get(questionId);
    if (known != null) return known.state;
    byte[] stored = store.get(questionId);
    ItemState state = stored == null ? new ItemState() : ItemState.fromBytes(questionId, stored, words);
    held.put(questionId, new Held(state));
    letGo();
    return state;
  }

  /** Says that an item that {@link #get} gave last is another now. */
  void changed(String questionId) {
    held.get(questionId).changed = true;
  }

  /** Writes what changed since the last time. */
  void write() {
    held.forEach(this::write);
  }

  private void letGo() {
    if (held.size() <= MAX_HELD) return;
    Iterator<Map.Entry<String, Held>> eldest = held.entrySet().iterator();
    Map.Entry<String, Held> entry = eldest.next();
    write(entry.getKey(), entry.getValue());
    eldest.remove();
  }

  private void write(String questionId, Held item) {
    if (!item.changed) return;
    item.changed = false;
    if (item.state.isEmpty()) store.delete(questionId);
    else store.put(questionId, item.state.toBytes(questionId, words));
  }
}
