package dev.nescio.evaluation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Gathers the differences that came from all partitions until they are put into panes: a pane is then stored once in a
 * turn and not once for every record.
 *
 * <p>A commit may fall in between, so what came is also kept as it came; after a crash it is gathered again. Slots are
 * used again and an epoch tells whether a slot counts, so the store stays as small as what was gathered at most and is
 * never cleared.
 */
final class DeltaBuffer {

  private static final int VERSION = 1;
  private static final int EPOCH_SLOT = -1;

  private final KeyValueStore<Integer, byte[]> store;
  private Map<SliceKey, Map<Long, SliceDelta>> deltas = new LinkedHashMap<>();
  private long epoch;
  private int used;
  private long bytes;

  /** Gathers again what was not taken before the last commit. */
  DeltaBuffer(KeyValueStore<Integer, byte[]> store) {
    this.store = store;
    byte[] stored = store.get(EPOCH_SLOT);
    if (stored != null) epoch = new FieldReader(stored).number();
    while (recover(store.get(used))) used++;
  }

  /** Size of what is gathered, as it came. */
  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return used == 0;
  }

  /** @param batch a {@link DeltaBatch} */
  void add(String slice, byte[] batch) {
    store.put(used++, new FieldWriter().version(VERSION).number(epoch).text(slice).bytes(batch).toBytes());
    gather(slice, batch);
  }

  /** Hands out what was gathered, by slice and minute, and starts anew. */
  Map<SliceKey, Map<Long, SliceDelta>> take() {
    Map<SliceKey, Map<Long, SliceDelta>> taken = deltas;
    deltas = new LinkedHashMap<>();
    used = 0;
    bytes = 0;
    epoch++;
    store.put(EPOCH_SLOT, new FieldWriter().number(epoch).toBytes());
    return taken;
  }

  private boolean recover(byte[] slot) {
    if (slot == null) return false;
    FieldReader in = new FieldReader(slot);
    in.version("delta buffer", VERSION);
    if (in.number() != epoch) return false;
    gather(in.text(), in.bytes());
    return true;
  }

  private void gather(String slice, byte[] batch) {
    bytes += batch.length;
    Map<Long, SliceDelta> byMinute = deltas.computeIfAbsent(SliceKey.decode(slice), ignored -> new TreeMap<>());
    for (SliceDelta delta : DeltaBatch.fromBytes(batch).deltas()) {
      byMinute.merge(delta.minute(), delta, SliceDelta::and);
    }
  }
}
