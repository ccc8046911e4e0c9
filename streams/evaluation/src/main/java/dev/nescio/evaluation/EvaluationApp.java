package dev.nescio.evaluation;

import dev.nescio.schemas.registry.HttpRegistryClient;
import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.registry.RegistryConfig;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.TopicPlan;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running evaluation: exactly-once, reading committed records only.
 *
 * <p>A stream thread that fails is replaced, and its transaction is aborted. After {@value #MAX_FAILURES} failures in
 * {@value #FAILURE_WINDOW_SECONDS} seconds the app stops and {@link #health} says why.
 */
public final class EvaluationApp implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EvaluationApp.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
  private static final int MAX_FAILURES = 5;
  private static final int FAILURE_WINDOW_SECONDS = 60;

  /**
   * How it is.
   *
   * @param ready   running, with its state restored
   * @param state   of Kafka Streams
   * @param failure the last failure of a stream thread
   */
  public record Health(boolean ready, String state, Optional<String> failure) {}

  private final KafkaStreams streams;
  private final RegistryClient registry;
  private final Deque<Long> failures = new ArrayDeque<>();
  private volatile String failure;

  private EvaluationApp(KafkaStreams streams, RegistryClient registry) {
    this.streams = streams;
    this.registry = registry;
  }

  /**
   * Checks that the topics are there and starts; returns before the state is restored.
   *
   * @throws dev.nescio.schemas.topics.TopicPlanException when topics are missing or do not share a partition count
   */
  public static EvaluationApp start(EvaluationConfig config) {
    int partitions;
    try (Admin admin = Admin.create(new Clients(config.bootstrapServers(), config.client()).admin())) {
      partitions = TopicPlan.check(admin);
    }
    RegistryClient registry = new HttpRegistryClient(RegistryConfig.from(config.registry()));
    KafkaStreams streams =
        new KafkaStreams(EvaluationTopology.build(config, partitions, registry), properties(config));
    EvaluationApp app = new EvaluationApp(streams, registry);
    streams.setUncaughtExceptionHandler(app::onFailure);
    streams.setStateListener((now, before) -> LOG.info("evaluation is {}, was {}", now, before));
    streams.start();
    return app;
  }

  /** True when it processes records: its partitions are assigned and restored. */
  public boolean ready() {
    return streams.state() == KafkaStreams.State.RUNNING;
  }

  /** For a health endpoint. */
  public Health health() {
    return new Health(ready(), streams.state().name(), Optional.ofNullable(failure));
  }

  /** Records processed and how far behind it is, by metric name; what Kafka Streams itself measures. */
  public Map<String, Double> figures() {
    Map<String, Double> figures = new TreeMap<>();
    for (Map.Entry<MetricName, ? extends Metric> entry : streams.metrics().entrySet()) {
      String name = entry.getKey().name();
      if (!(entry.getValue().metricValue() instanceof Double value) || !Double.isFinite(value)) continue;
      if (name.equals("records-lag-max")) figures.merge("evaluation_records_lag_max", value, Math::max);
      if (name.equals("process-total") && entry.getKey().group().equals("stream-thread-metrics")) {
        figures.merge("evaluation_records_processed_total", value, Double::sum);
      }
    }
    return figures;
  }

  /** Ends within five seconds; what was not committed is processed by the next start. */
  @Override
  public void close() {
    if (!streams.close(CLOSE_TIMEOUT)) {
      LOG.warn("evaluation did not stop within {}; its open transaction will be aborted", CLOSE_TIMEOUT);
    }
    registry.close();
  }

  static Properties properties(EvaluationConfig config) {
    Properties p = new Properties();
    p.put(StreamsConfig.APPLICATION_ID_CONFIG, config.applicationId());
    p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
    p.put(StreamsConfig.STATE_DIR_CONFIG, config.stateDirectory().toString());
    p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, config.threads());
    p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, config.commitInterval().toMillis());
    p.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    p.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, SharedRocksMemory.class);
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    // A turn over very many slices may take longer than the ten seconds that Kafka Streams allows a transaction.
    p.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 60_000);
    p.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
    p.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 50);
    p.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 128 * 1024);
    p.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 64L << 20);
    // The snapshot of a slice with many bins and metrics stays far below this; a dead letter may need it.
    p.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), 2 * 1024 * 1024);
    if (!config.instanceId().isBlank()) {
      p.put(StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), config.instanceId());
    }
    p.putAll(config.client());
    return p;
  }

  private synchronized StreamThreadExceptionResponse onFailure(Throwable error) {
    failure = error.toString();
    long now = System.nanoTime();
    failures.addLast(now);
    while (now - failures.getFirst() > Duration.ofSeconds(FAILURE_WINDOW_SECONDS).toNanos()) failures.removeFirst();
    if (failures.size() > MAX_FAILURES) {
      LOG.error("evaluation stops after {} failures in {} s", failures.size(), FAILURE_WINDOW_SECONDS, error);
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    LOG.warn("a stream thread failed and is replaced; its transaction is aborted", error);
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }
}
