package dev.nescio.loadtests.kill;

import dev.nescio.broker.ClusterConfig;
import dev.nescio.bytemodel.ByteModel;
import dev.nescio.loadtests.LoadTestException;
import dev.nescio.loadtests.Target;
import dev.nescio.schemas.registry.EmbeddedRegistry;
import dev.nescio.schemas.topics.TopicPlan;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Three brokers, two instances of evaluation and two of inference, each a process of its own; the schema registry is in
 * this one. Every topic has three copies, two of which acknowledge a write.
 */
final class KillSystem implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(KillSystem.class);

  static final int INSTANCES = 2;
  static final int PARTITIONS = 4;
  /** What answers: nonsense, hundreds of times a second; a question that is longer than its context is refused. */
  static final ByteModel MODEL = ByteModel.twoLayers();

  private static final int BROKERS = 3;
  /** Below the ports that outgoing connections get, or a client could take the port of a dead broker. */
  private static final int FIRST_PORT = 15_000;
  private static final int LAST_PORT = 32_000;

  private final Path directory;
  private final EmbeddedRegistry registry;
  private final Target target;
  private final List<Child> brokers = new ArrayList<>();
  private final List<Child> evaluations = new ArrayList<>();
  private final List<Child> inferences = new ArrayList<>();
  private final Thread hook = new Thread(this::endAll, "end-children");

  private KillSystem(Path directory, EmbeddedRegistry registry, Target target) {
    this.directory = directory;
    this.registry = registry;
    this.target = target;
  }

  /**
   * Starts everything; returns when all are ready.
   *
   * @param directory of all logs and stores, empty
   * @throws LoadTestException when a process does not start
   */
  static KillSystem start(Path directory) throws IOException {
    Files.createDirectories(directory);
    List<String> ports = freePorts();
    List<ClusterConfig.Node> nodes = new ArrayList<>();
    for (int i = 0; i < BROKERS; i++) {
      nodes.add(new ClusterConfig.Node(i + 1, Integer.parseInt(ports.get(2 * i)),
          Integer.parseInt(ports.get(2 * i + 1)), directory.resolve("broker-" + (i + 1))));
    }
    ClusterConfig cluster = new ClusterConfig(ClusterConfig.newClusterId(), nodes, Map.of());
    EmbeddedRegistry registry = EmbeddedRegistry.start(0, directory.resolve("registry.jsonl"));
    KillSystem system =
        new KillSystem(directory, registry, new Target(cluster.bootstrapServers(), registry.url()));
    Runtime.getRuntime().addShutdownHook(system.hook);
    try {
      system.startBrokers(cluster.clusterId(), ports);
      system.startApps();
      return system;
    } catch (RuntimeException | IOException e) {
      system.close();
      throw e;
    }
  }

  Target target() {
    return target;
  }

  /** @param id 1, 2 or 3 */
  Child broker(int id) {
    return brokers.get(id - 1);
  }

  /** @param instance 0 or 1 */
  Child evaluation(int instance) {
    return evaluations.get(instance);
  }

  /** @param instance 0 or 1 */
  Child inference(int instance) {
    return inferences.get(instance);
  }

  /** Directory of the stores of an instance of evaluation. */
  Path evaluationState(int instance) {
    return directory.resolve("evaluation-" + instance);
  }

  static String evaluationName(int instance) {
    return "evaluation-" + instance;
  }

  static String inferenceName(int instance) {
    return "inference-" + instance;
  }

  /** Starts what has ended by itself, as a supervisor would, and returns its names. */
  List<String> revive() {
    List<String> ended = new ArrayList<>();
    Stream.of(brokers, evaluations, inferences).flatMap(List::stream).filter(child -> !child.isAlive())
        .forEach(child -> {
          ended.add(child.name());
          child.start();
        });
    return ended;
  }

  private void startBrokers(String clusterId, List<String> ports) {
    for (int id = 1; id <= BROKERS; id++) {
      List<String> arguments = new ArrayList<>(List.of(Integer.toString(id), clusterId, directory.toString()));
      arguments.addAll(ports);
      brokers.add(child("broker-" + id, BrokerMain.class, List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"), arguments));
    }
    brokers.forEach(Child::start);
    brokers.forEach(Child::awaitReady);
    try (Admin admin = Admin.create(target.clients().admin())) {
      TopicPlan.apply(admin, PARTITIONS, (short) BROKERS);
    }
  }

  private void startApps() throws IOException {
    Path model = MODEL.write(directory.resolve("model"));
    for (int i = 0; i < INSTANCES; i++) {
      evaluations.add(child(evaluationName(i), EvaluationMain.class, List.of("-Xmx384m", "-XX:TieredStopAtLevel=1"),
          List.of(target.bootstrapServers(), target.registryUrl(), evaluationState(i).toString(), evaluationName(i))));
      inferences.add(child(inferenceName(i), InferenceMain.class,
          List.of("-Xmx384m", "--add-modules", "jdk.incubator.vector"),
          List.of(target.bootstrapServers(), target.registryUrl(), model.toString(), inferenceName(i))));
    }
    List<Child> apps = Stream.concat(evaluations.stream(), inferences.stream()).toList();
    apps.forEach(Child::start);
    apps.forEach(Child::awaitReady);
  }

  private Child child(String name, Class<?> main, List<String> options, List<String> arguments) {
    // Surefire starts its process with a jar that only names the class path.
    String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow", "-Dlogback.configurationFile=kill-logback.xml", "-cp", classPath,
        main.getName()));
    command.addAll(arguments);
    return new Child(name, command, directory.resolve(name + ".log"));
  }

  private static List<String> freePorts() throws IOException {
    SplittableRandom random = new SplittableRandom();
    List<ServerSocket> held = new ArrayList<>();
    try {
      while (held.size() < 2 * BROKERS) {
        ServerSocket socket = new ServerSocket();
        try {
          socket.bind(new InetSocketAddress("127.0.0.1", random.nextInt(FIRST_PORT, LAST_PORT)));
          held.add(socket);
        } catch (BindException e) {
          log.debug("a port is taken, and another is tried", e);
          socket.close();
        }
      }
      return held.stream().map(socket -> Integer.toString(socket.getLocalPort())).toList();
    } finally {
      for (ServerSocket socket : held) socket.close();
    }
  }

  private void endAll() {
    Stream.of(inferences, evaluations, brokers).flatMap(List::stream).forEach(Child::close);
  }

  @Override
  public void close() {
    endAll();
    registry.close();
    if (Thread.currentThread() != hook) Runtime.getRuntime().removeShutdownHook(hook);
  }
}
