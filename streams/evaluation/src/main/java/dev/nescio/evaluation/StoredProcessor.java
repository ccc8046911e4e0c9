package dev.nescio.evaluation;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/** Makes a processor for each task, together with the stores it names. */
final class StoredProcessor<K, V, L, W> implements ProcessorSupplier<K, V, L, W> {

  private final Supplier<Processor<K, V, L, W>> processors;
  private final Set<StoreBuilder<?>> stores;

  StoredProcessor(Supplier<Processor<K, V, L, W>> processors, StoreBuilder<?>... stores) {
    this.processors = processors;
    this.stores = new LinkedHashSet<>(List.of(stores));
  }

  @Override
  public Processor<K, V, L, W> get() {
    return processors.get();
  }

  @Override
  public Set<StoreBuilder<?>> stores() {
    return stores;
  }
}
