package dev.nescio.loadtests.evaluation;

import dev.nescio.broker.BrokerConfig;
import dev.nescio.broker.EmbeddedBroker;
import dev.nescio.evaluation.EvaluationApp;
import dev.nescio.evaluation.EvaluationConfig;
import dev.nescio.loadtests.FileTree;
import dev.nescio.loadtests.Machine;
import dev.nescio.loadtests.ReportFile;
import dev.nescio.schemas.registry.EmbeddedRegistry;
import dev.nescio.schemas.registry.HttpRegistryClient;
import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.registry.RegistryConfig;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.TopicPlan;
import dev.nescio.schemas.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long evaluation takes to come back with many answers that wait for a label: on its disk, and without one, from the
 * changelogs alone. One broker in the same process, exactly-once, commit every second.
 */
@Command(name = "benchmark-restore", mixinStandardHelpOptions = true,
    description = "Time from a restart of evaluation to its first snapshot, with and without its disk.")
public final class RestoreBenchmark implements Callable<Integer> {

  private static final int PARTITIONS = 4;
  private static final String APPLICATION = "nescio-evaluation";

  @Option(names = "--answers", defaultValue = "1000000", description = "Waiting (default: ${DEFAULT-VALUE}).")
  private int answers;

  @Option(names = "--threads", defaultValue = "2", description = "Stream threads (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(names = "--output", paramLabel = "FILE", description = "Writes the report as JSON.")
  private Path output;

  /**
   * One start.
   *
   * @param readySeconds         until its partitions are assigned, their state is restored and it processes
   * @param firstSnapshotSeconds until a snapshot is committed that it made
   * @param keysASecond          waiting answers over the time until it is ready
   */
  record Start(double readySeconds, double firstSnapshotSeconds, double keysASecond) {}

  /**
   * What was measured.
   *
   * @param worked        the answers when they came: a store without a label
   * @param stateBytes    of the stores on disk
   * @param changelogBytes of all internal topics on the disk of the broker, before compaction
   */
  record Report(Machine machine, int answers, int threads, int partitions, Watch.Cost worked, long stateBytes,
      long changelogBytes, Start onItsDisk, Start withoutDisk) {}

  /** Exit codes: 0 done, 1 failed, 2 wrong usage. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new RestoreBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Path directory = Files.createTempDirectory("benchmark-restore");
    Machine machine = Machine.here();
    try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerConfig(directory.resolve("broker"), 0));
        EmbeddedRegistry server = EmbeddedRegistry.start(0, directory.resolve("registry.jsonl"));
        RegistryClient registry = new HttpRegistryClient(RegistryConfig.at(server.url()));
        Admin admin = Admin.create(Clients.at(broker.bootstrapServers()).admin())) {
      TopicPlan.apply(admin, PARTITIONS, (short) 1);
      Backlog backlog = new Backlog(broker.bootstrapServers(), registry);
      System.out.println("filling the topics with " + answers + " answers");
      Storm storm = new Storm(1, answers, Instant.now());
      backlog.fill(storm, storm.waiting());
      EvaluationConfig config = config(broker, server, directory.resolve("state"));
      Watch watch = new Watch(backlog, admin, APPLICATION, answers);
      Watch.Cost worked;
      try (EvaluationApp app = EvaluationApp.start(config)) {
        worked = watch.await(() -> app.health().state());
      }
      long stateBytes = size(config.stateDirectory(), "", "");
      System.out.println("worked through them: " + worked);
      Start onItsDisk = start(config, backlog);
      System.out.println("again on its disk: " + onItsDisk);
      Start withoutDisk = start(config(broker, server, directory.resolve("other-state")), backlog);
      System.out.println("again without a disk: " + withoutDisk);
      String json = ReportFile.json(new Report(machine, answers, threads, PARTITIONS, worked, stateBytes,
          size(directory.resolve("broker"), APPLICATION, ".log"), onItsDisk, withoutDisk));
      System.out.println(json);
      if (output != null) ReportFile.writeText(output, json + "\n");
      return 0;
    } finally {
      FileTree.delete(directory);
    }
  }

  private EvaluationConfig config(EmbeddedBroker broker, EmbeddedRegistry server, Path state) {
    return EvaluationConfig.of(broker.bootstrapServers(), server.url(), state)
        .with(Map.of("threads", Integer.toString(threads), "instance.id", "benchmark"));
  }

  private Start start(EvaluationConfig config, Backlog backlog) throws Exception {
    Instant from = Instant.now();
    long nanos = System.nanoTime();
    try (EvaluationApp app = EvaluationApp.start(config)) {
      while (!app.ready()) Watch.pause(nanos, () -> app.health().state());
      double ready = seconds(nanos);
      while (backlog.read(Topics.CALIBRATION).stream().noneMatch(shown -> from.isBefore(shown.getEmittedAt()))) {
        Watch.pause(nanos, () -> "without a snapshot");
      }
      return new Start(ready, seconds(nanos), answers / ready);
    }
  }

  private static double seconds(long fromNanos) {
    return (System.nanoTime() - fromNanos) / 1e9;
  }

  private static long size(Path directory, String parent, String suffix) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      long bytes = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        boolean inside = file.getParent().getFileName().toString().startsWith(parent);
        if (inside && file.toString().endsWith(suffix)) bytes += Files.size(file);
      }
      return bytes;
    }
  }
}
