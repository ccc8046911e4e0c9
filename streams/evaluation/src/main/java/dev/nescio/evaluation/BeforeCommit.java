package dev.nescio.evaluation;

import java.util.Map;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.internals.InternalProcessorContext;
import org.apache.kafka.streams.processor.internals.ProcessorNode;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;

/**
 * A store that holds nothing, and lets its processor write and send what it kept in memory before each commit: once in a
 * second instead of once for every record. It is how the caches of Kafka Streams' own aggregations write behind. There
 * is no public way, so the internal classes of Kafka Streams that this needs are used here and nowhere else.
 *
 * <p>What is written and sent then is in the transaction that is about to be committed, with the offsets of the records
 * that it came from. Stores that are written to then must have no cache, since theirs may have been flushed already.
 */
final class BeforeCommit implements StateStore, CachedStateStore<byte[], byte[]> {

  private final String name;
  private Runnable action = () -> { };
  private boolean open;

  private BeforeCommit(String name) {
    this.name = name;
  }

  /**
   * From now on, runs this before each commit, on the stream thread, as if the processor had called it.
   *
   * @param context of the processor that is being initialised
   */
  void run(ProcessorContext<?, ?> context, Runnable writeBehind) {
    InternalProcessorContext<?, ?> internal = (InternalProcessorContext<?, ?>) context;
    ProcessorNode<?, ?, ?, ?> processor = internal.currentNode();
    action = () -> {
      ProcessorNode<?, ?, ?, ?> before = internal.currentNode();
      internal.setCurrentNode(processor);
      try {
        writeBehind.run();
      } finally {
        internal.setCurrentNode(before);
      }
    };
  }

  @Override
  public void flushCache() {
    action.run();
  }

  /** Called when what was not committed is given up: the processor is initialised again before it goes on. */
  @Override
  public void clearCache() {
    action = () -> { };
  }

  @Override
  public boolean setFlushListener(CacheFlushListener<byte[], byte[]> listener, boolean sendOldValues) {
    return false;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    context.register(root, (key, value) -> { });
    open = true;
  }

  @Override
  public void close() {
    open = false;
    action = () -> { };
  }

  @Override
  public boolean persistent() {
    return false;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  /** Makes one for each partition. */
  record Builder(String name) implements StoreBuilder<BeforeCommit> {

    @Override
    public BeforeCommit build() {
      return new BeforeCommit(name);
    }

    @Override
    public StoreBuilder<BeforeCommit> withCachingEnabled() {
      return this;
    }

    @Override
    public StoreBuilder<BeforeCommit> withCachingDisabled() {
      return this;
    }

    @Override
    public StoreBuilder<BeforeCommit> withLoggingEnabled(Map<String, String> config) {
      throw new UnsupportedOperationException(name + " holds nothing that could be logged");
    }

    @Override
    public StoreBuilder<BeforeCommit> withLoggingDisabled() {
      return this;
    }

    @Override
    public Map<String, String> logConfig() {
      return Map.of();
    }

    @Override
    public boolean loggingEnabled() {
      return false;
    }
  }
}
