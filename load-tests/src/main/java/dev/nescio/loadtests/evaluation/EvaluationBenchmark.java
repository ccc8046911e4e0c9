package dev.nescio.loadtests.evaluation;

import dev.nescio.broker.BrokerConfig;
import dev.nescio.broker.EmbeddedBroker;
import dev.nescio.evaluation.EvaluationApp;
import dev.nescio.evaluation.EvaluationConfig;
import dev.nescio.loadtests.Machine;
import dev.nescio.loadtests.ReportFile;
import dev.nescio.metrics.CalibrationSummary;
import dev.nescio.metrics.OutcomeCounts;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.registry.EmbeddedRegistry;
import dev.nescio.schemas.registry.HttpRegistryClient;
import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.registry.RegistryConfig;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.Keys;
import dev.nescio.schemas.topics.TopicPlan;
import dev.nescio.schemas.topics.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Evaluation beside the same job in Kafka's DSL, in one run: exactly-once, commit every second, one broker in the same
 * process, topics filled before. Then the time to restore, and the size of the state.
 */
@Command(name = "benchmark-evaluation", mixinStandardHelpOptions = true,
    description = "Labels a second of evaluation and of leftJoin + aggregate on the same filled topics.")
public final class EvaluationBenchmark implements Callable<Integer> {

  private static final int PARTITIONS = 4;
  private static final String APPLICATION = "nescio-evaluation";
  private static final String DSL = "dsl-evaluation";

  @Option(names = "--answers", defaultValue = "200000", description = "How many (default: ${DEFAULT-VALUE}).")
  private int answers;

  @Option(names = "--seed", defaultValue = "20260105", description = "Of the storm (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--threads", defaultValue = "2", description = "Stream threads of both (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(names = "--random-order", description = "Records in random order instead of that of their times.")
  private boolean random;

  @Option(names = "--without-dsl", description = "Only evaluation.")
  private boolean withoutDsl;

  @Option(names = "--warm-up", defaultValue = "20000", paramLabel = "ANSWERS", description =
      "Taken by both sides before, so that neither is measured while its code is compiled (default: ${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(names = "--dsl-limit", defaultValue = "PT10M", paramLabel = "DURATION", description = {
      "The DSL version is stopped after this time (default: ${DEFAULT-VALUE}).",
      "It slows down as its sums grow, so that is more than its speed over all; its results are then not compared."})
  private Duration dslLimit;

  @Option(names = "--output", paramLabel = "FILE", description = "Writes the report as JSON.")
  private Path output;

  /**
   * One side.
   *
   * @param labelsASecond           labels alone, over all of it
   * @param secondHalfLabelsASecond the same over the second half of the records
   * @param cpuMicrosALabel         CPU time of the whole process, broker included, over the second half
   * @param cost                    speed and CPU time over answers and labels together
   * @param wrongFigures            outcome counts of slices that differ from the oracle, of {@code figures}
   * @param wrongAnswers            sum of the differences over everything: answers counted twice, not at all or the
   *                                wrong way; null, as the one before, for a side that did not come to its end
   * @param stateBytes              of the stores on disk
   */
  record Side(double labelsASecond, double secondHalfLabelsASecond, double cpuMicrosALabel, Watch.Cost cost,
      int figures, Integer wrongFigures, Long wrongAnswers, long stateBytes) {

    Side withoutResults() {
      return new Side(labelsASecond, secondHalfLabelsASecond, cpuMicrosALabel, cost, 0, null, null, stateBytes);
    }
  }

  /**
   * @param cpuRatio             CPU time a label of the DSL over that of evaluation
   * @param restoreSeconds       of an instance without any state, until it processes
   * @param firstSnapshotSeconds from the same start until its first snapshot is committed
   */
  record Report(Machine machine, long seed, int answers, long labels, boolean randomOrder, int threads, int partitions,
      int warmUp, Side evaluation, Side dsl, Double ratio, Double cpuRatio, double restoreSeconds,
      double firstSnapshotSeconds) {}

  /** Exit codes: 0 done, 1 failed, 2 wrong usage. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new EvaluationBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Machine machine = Machine.here();
    if (warmUp > 0) {
      say("warming up with " + warmUp + " answers on a broker of its own");
      run(new Storm(seed + 1, warmUp, Instant.now()), machine);
    }
    Report report = run(new Storm(seed, answers, Instant.now()), machine);
    String json = ReportFile.json(report);
    say(json);
    if (output != null) ReportFile.writeText(output, json + "\n");
    return report.evaluation().wrongFigures() == 0 ? 0 : 1;
  }

  private Report run(Storm storm, Machine machine) throws Exception {
    Path directory = Files.createTempDirectory("benchmark-evaluation");
    try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerConfig(directory.resolve("broker"), 0));
        EmbeddedRegistry server = EmbeddedRegistry.start(0, directory.resolve("registry.jsonl"));
        RegistryClient registry = new HttpRegistryClient(RegistryConfig.at(server.url()));
        Admin admin = Admin.create(Clients.at(broker.bootstrapServers()).admin())) {
      TopicPlan.apply(admin, PARTITIONS, (short) 1);
      Backlog backlog = new Backlog(broker.bootstrapServers(), registry);
      int[] events = random ? storm.events() : storm.inOrder();
      say("filling the topics with " + events.length + " records");
      backlog.fill(storm, events);
      StormOracle oracle = new StormOracle(storm, Duration.ofDays(7));
      EvaluationConfig config = EvaluationConfig.of(broker.bootstrapServers(), server.url(), directory.resolve("state"))
          .with(Map.of("threads", Integer.toString(threads), "instance.id", "benchmark"));
      long labels = events.length - storm.answers();
      Side evaluation = evaluation(config, backlog, admin, oracle, events.length, labels);
      double[] restart = restart(config, directory.resolve("other-state"), backlog);
      say("restore %.1f s, first snapshot after %.1f s".formatted(restart[0], restart[1]));
      Side dsl = withoutDsl ? null
          : dsl(backlog, admin, registry, oracle, directory.resolve("dsl-state"), events.length, labels);
      return new Report(machine, seed, storm.answers(), labels, random, threads, PARTITIONS, warmUp, evaluation, dsl,
          dsl == null ? null : (Double) (evaluation.labelsASecond() / dsl.labelsASecond()),
          dsl == null ? null : (Double) (dsl.cpuMicrosALabel() / evaluation.cpuMicrosALabel()), restart[0], restart[1]);
    } finally {
      deleteTree(directory);
    }
  }

  private Side evaluation(EvaluationConfig config, Backlog backlog, Admin admin, StormOracle oracle, long records,
      long labels) throws Exception {
    Watch watch = new Watch(backlog, admin, APPLICATION, records);
    try (EvaluationApp app = EvaluationApp.start(config)) {
      Watch.Cost cost = watch.await(() -> app.health().state());
      Map<List<String>, OutcomeCounts> shown = new HashMap<>();
      for (int turn = 0; turn < 30 && !shown.equals(expected(oracle)); turn++) {
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        shown.putAll(snapshots(backlog));
      }
      bitForBit(backlog, oracle).forEach(EvaluationBenchmark::say);
      return side(cost, labels / (double) records, shown, oracle, size(config.stateDirectory()));
    }
  }

  private Side dsl(Backlog backlog, Admin admin, RegistryClient registry, StormOracle oracle, Path state, long records,
      long labels) throws Exception {
    admin.createTopics(List.of(new NewTopic(DslEvaluation.OUTPUT, PARTITIONS, (short) 1))).all().get();
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, DSL);
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, backlog.bootstrapServers());
    properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1_000);
    properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    Watch watch = new Watch(backlog, admin, DSL, records);
    try (KafkaStreams streams =
        new KafkaStreams(DslEvaluation.build(Duration.ofDays(7), Duration.ofDays(1), registry), properties)) {
      streams.start();
      Watch.Cost cost = watch.await(() -> streams.state().name(), dslLimit);
      Map<List<String>, OutcomeCounts> shown = new HashMap<>();
      backlog.each(DslEvaluation.OUTPUT, record -> shown.put(
          Keys.decode(new String(record.key(), StandardCharsets.UTF_8)),
          CalibrationSummary.fromBytes(record.value()).outcomes()));
      Side side = side(cost, labels / (double) records, shown, oracle, size(state));
      return cost.records() < records ? side.withoutResults() : side;
    }
  }

  /** The same instance without its disk: nothing but the changelogs. */
  private static double[] restart(EvaluationConfig config, Path state, Backlog backlog) throws Exception {
    EvaluationConfig elsewhere = EvaluationConfig.of(config.bootstrapServers(),
        config.registry().get(RegistryConfig.URL), state)
        .with(Map.of("threads", Integer.toString(config.threads()), "instance.id", config.instanceId()));
    Instant from = Instant.now();
    long start = System.nanoTime();
    try (EvaluationApp app = EvaluationApp.start(elsewhere)) {
      while (!app.ready()) Watch.pause(start, () -> app.health().state());
      double restored = seconds(start);
      while (backlog.read(Topics.CALIBRATION).stream().noneMatch(shown -> shown.getEmittedAt().isAfter(from))) {
        Watch.pause(start, () -> "without a snapshot");
      }
      return new double[] {restored, seconds(start)};
    }
  }

  private static Side side(Watch.Cost cost, double labelShare, Map<List<String>, OutcomeCounts> shown,
      StormOracle oracle, long bytes) {
    int figures = 0;
    int wrong = 0;
    for (Map.Entry<List<String>, OutcomeCounts> slice : expected(oracle).entrySet()) {
      long[] gaps = gaps(slice.getValue(), shown.get(slice.getKey()));
      for (long gap : gaps) {
        figures++;
        if (gap != 0) wrong++;
      }
    }
    long wrongAnswers = Stream.of(StormOracle.everything()).mapToLong(all -> {
      long sum = 0;
      for (long gap : gaps(expected(oracle).get(all), shown.get(all))) sum += Math.abs(gap);
      return sum;
    }).sum();
    return new Side(cost.recordsASecond() * labelShare, cost.secondHalfASecond() * labelShare,
        cost.secondHalfCpuMicros() / labelShare, cost, figures, wrong, wrongAnswers, bytes);
  }

  private static long[] gaps(OutcomeCounts expected, OutcomeCounts shown) {
    OutcomeCounts other = shown == null ? new OutcomeCounts(0, 0, 0, 0) : shown;
    return new long[] {other.a() - expected.a(), other.b() - expected.b(), other.c() - expected.c(),
        other.d() - expected.d()};
  }

  private static Map<List<String>, OutcomeCounts> expected(StormOracle oracle) {
    Map<List<String>, OutcomeCounts> expected = new HashMap<>();
    oracle.slices().forEach((slice, sums) -> expected.put(slice, sums.summary.outcomes()));
    return expected;
  }

  /** Every count and metric of every slice of all time; empty when all are equal. */
  private static List<String> bitForBit(Backlog backlog, StormOracle oracle) {
    Map<String, CalibrationSnapshot> latest = new TreeMap<>();
    for (CalibrationSnapshot s : backlog.read(Topics.CALIBRATION)) {
      if (s.getWindow().equals("all")) latest.put(Keys.slice(s), s);
    }
    List<String> differences = new ArrayList<>();
    latest.forEach((slice, shown) ->
        oracle.differences(shown).forEach(difference -> differences.add(slice + ": " + difference)));
    say(latest.size() + " slices of all time compared bit for bit, " + differences.size() + " differences");
    return differences;
  }

  private static Map<List<String>, OutcomeCounts> snapshots(Backlog backlog) {
    Map<List<String>, OutcomeCounts> shown = new HashMap<>();
    for (CalibrationSnapshot s : backlog.read(Topics.CALIBRATION)) {
      if (!s.getWindow().equals("all")) continue;
      Map<String, Long> counts = s.getCounts();
      shown.put(List.of(s.getTenant(), s.getDomain(), s.getPolicyVersion()), new OutcomeCounts(
          counts.get("idk_correct"), counts.get("idk_incorrect"), counts.get("answered_correct"),
          counts.get("answered_incorrect")));
    }
    return shown;
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static long size(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      long bytes = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) bytes += file.toFile().length();
      return bytes;
    }
  }

  private static void deleteTree(Path directory) throws IOException {
    List<Path> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(directory)) {
      files.forEach(all::addFirst);
    }
    for (Path file : all) Files.deleteIfExists(file);
  }

  private static void say(String line) {
    System.out.println(line);
  }
}
