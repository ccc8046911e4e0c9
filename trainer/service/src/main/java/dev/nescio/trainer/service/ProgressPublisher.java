package dev.nescio.trainer.service;

import dev.nescio.schemas.StepState;
import dev.nescio.schemas.TrainingProgress;
import dev.nescio.schemas.registry.RegistryException;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes where a night stands, outside transactions: progress is worth showing at once, and a duplicate does no
 * harm. Progress that cannot be published is logged and never stops the night.
 */
final class ProgressPublisher implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ProgressPublisher.class);
  private static final Duration CLOSE = Duration.ofSeconds(2);

  private final TopicValues values;
  private final Clock clock;
  private final KafkaProducer<byte[], byte[]> producer;

  ProgressPublisher(Clients clients, TopicValues values, Clock clock) {
    this.values = values;
    this.clock = clock;
    this.producer = new KafkaProducer<>(clients.producer(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** A listener of one night that remembers the step it heard of last. */
  Following follow(String requestId) {
    return new Following(requestId);
  }

  @Override
  public void close() {
    producer.close(CLOSE);
  }

  private void publish(TrainingProgress progress) {
    try {
      producer.send(
          values.record(Topics.TRAINING_PROGRESS, progress.getRequestId(), progress),
          (metadata, e) -> {
            if (e != null) unpublished(progress, e);
          });
    } catch (KafkaException | RegistryException e) {
      unpublished(progress, e);
    }
  }

  private static void unpublished(TrainingProgress progress, Exception e) {
    log.warn("progress of night {}, step {}, was not published", progress.getRequestId(), progress.getStep(), e);
  }

  /** One night's progress. */
  final class Following implements NightListener {

    private final String requestId;
    private volatile NightStep last = NightStep.DATASET;

    private Following(String requestId) {
      this.requestId = requestId;
    }

    @Override
    public void heard(
        NightStep step, State state, long done, long total, String unit, Optional<Duration> remaining,
        String message, Map<String, Double> figures) {
      last = step;
      publish(record(step, StepState.valueOf(state.name()), done, total, unit, remaining, message, figures));
    }

    /** The record that ends a night that failed, in the step it was heard of last. */
    TrainingProgress failed(Throwable cause) {
      String why = cause.getMessage() == null ? cause.toString() : cause.getMessage();
      return record(last, StepState.FAILED, 0, 0, "", Optional.empty(), "the night failed: " + why, Map.of());
    }

    private TrainingProgress record(
        NightStep step, StepState state, long done, long total, String unit, Optional<Duration> remaining,
        String message, Map<String, Double> figures) {
      return TrainingProgress.newBuilder()
          .setRequestId(requestId)
          .setStep(step.id())
          .setStepNumber(step.number())
          .setSteps(NightStep.values().length)
          .setState(state)
          .setDone(done)
          .setTotal(total)
          .setUnit(unit)
          .setRemainingSeconds(remaining.map(d -> d.toMillis() / 1000.0).orElse(null))
          .setMessage(message)
          .setFigures(figures)
          .setAt(clock.instant())
          .build();
    }
  }
}
