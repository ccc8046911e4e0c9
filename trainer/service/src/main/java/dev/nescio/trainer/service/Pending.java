package dev.nescio.trainer.service;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A request that is worked, and what it leads to.
 *
 * @param record  the request
 * @param work    what goes on; nothing is written before it is done
 * @param results what is to be written, asked for when the work is done and again at every new attempt
 * @param failed  what is to be written when the results cannot be; empty when nothing can take their place
 * @param inDoubt true when an earlier attempt may have been committed
 */
record Pending(
    ConsumerRecord<byte[], byte[]> record, Future<?> work, Supplier<List<ProducerRecord<byte[], byte[]>>> results,
    Optional<Function<Throwable, List<ProducerRecord<byte[], byte[]>>>> failed, boolean inDoubt) {

  Pending doubted() {
    return new Pending(record, work, results, failed, true);
  }

  /** The same request, whose results are now those of a failure. */
  Pending failing(RuntimeException cause) {
    var instead = failed.orElseThrow(() -> cause);
    return new Pending(record, work, () -> instead.apply(cause), Optional.empty(), inDoubt);
  }
}
