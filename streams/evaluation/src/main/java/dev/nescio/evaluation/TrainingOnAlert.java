package dev.nescio.evaluation;

import dev.nescio.schemas.Alert;
import dev.nescio.schemas.AlertState;
import dev.nescio.schemas.TrainingRequest;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Asks for a night of training when an alert of a configured detector opens, at most once in a configured time over all
 * slices: it runs on one partition.
 */
final class TrainingOnAlert implements Processor<String, Alert, String, TrainingRequest> {

  static final String STORE = "alert-training";

  private static final String LAST = "last";

  private final AlertRules rules;
  private ProcessorContext<String, TrainingRequest> context;
  private KeyValueStore<String, byte[]> store;

  TrainingOnAlert(AlertRules rules) {
    this.rules = rules;
  }

  @Override
  public void init(ProcessorContext<String, TrainingRequest> context) {
    this.context = context;
    this.store = context.getStateStore(STORE);
  }

  @Override
  public void process(Record<String, Alert> record) {
    Alert alert = record.value();
    if (alert.getState() != AlertState.OPENED) return;
    if (rules.training().stream().noneMatch(name -> alert.getMetric().startsWith(name + " "))) return;
    long now = context.currentSystemTimeMs();
    byte[] last = store.get(LAST);
    if (last != null && now - new FieldReader(last).number() < rules.trainingEvery().toMillis()) return;
    store.put(LAST, new FieldWriter().number(now).toBytes());
    String requestId = "alert-" + Hashes.of(List.of(alert.getAlertId())).substring(0, 12);
    context.forward(new Record<>(requestId, TrainingRequest.newBuilder()
        .setRequestId(requestId)
        .setReason("alert: " + alert.getMessage())
        .setRequestedBy("evaluation")
        .setRequestedAt(Instant.ofEpochMilli(now))
        .build(), now));
  }
}
