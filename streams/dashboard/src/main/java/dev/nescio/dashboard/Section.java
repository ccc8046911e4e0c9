package dev.nescio.dashboard;

import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;

/**
 * One part of the picture, folded from one or a few topics.
 *
 * <p>{@link #feeds} names the topics; their records and {@link #publish} come from one thread, in the order of each
 * partition. {@link #metrics} may be called from any thread at any time and reads only what is safe to share.
 */
public interface Section {

  /** Topics to read and what to do with their records. */
  List<Feed<?>> feeds();

  /** Puts what changed since the last call. Called at most twice a second. */
  void publish(Hub hub);

  /** Prometheus series of the present state: what is no longer in the state is no longer in the series. */
  default List<MetricSnapshot> metrics() {
    return List.of();
  }
}
