package dev.nescio.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A KRaft broker and controller in this process, on the loopback interface only.
 *
 * <p>For the quick start and for tests: one node without replication, or one of several nodes that replicate; no
 * security. The log survives a restart on the same directory, also after the process was killed.
 */
public final class EmbeddedBroker implements AutoCloseable {

  static final String HOST = "127.0.0.1";

  private final KafkaRaftServer server;
  private final int port;
  private boolean closed;

  private EmbeddedBroker(KafkaRaftServer server, int port) {
    this.server = server;
    this.port = port;
  }

  /**
   * Formats the directory if it is new, starts and returns when the broker takes connections.
   *
   * @throws PortTakenException if another process listens on the port
   */
  public static EmbeddedBroker start(BrokerConfig config) {
    int port = config.port() == 0 ? freePort() : config.port();
    requireFree(port);
    ClusterConfig.Node only = new ClusterConfig.Node(1, port, freePort(), config.dataDirectory());
    return start(new ClusterConfig(ClusterConfig.newClusterId(), List.of(only), Map.of()), only);
  }

  /**
   * The same as one node of a cluster; returns when enough nodes are there to choose a controller and this broker takes
   * connections.
   *
   * @throws PortTakenException       if another process listens on a port of this node
   * @throws IllegalArgumentException if the cluster has no such node
   */
  public static EmbeddedBroker start(ClusterConfig cluster, int nodeId) {
    ClusterConfig.Node node = cluster.node(nodeId);
    requireFree(node.port());
    requireFree(node.controllerPort());
    return start(cluster, node);
  }

  private static EmbeddedBroker start(ClusterConfig cluster, ClusterConfig.Node node) {
    try {
      Files.createDirectories(node.dataDirectory());
      format(cluster.clusterId(), node);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the broker's directory " + node.dataDirectory(), e);
    }
    KafkaRaftServer server =
        new KafkaRaftServer(KafkaConfig.fromProps(properties(cluster, node), false), Time.SYSTEM);
    server.startup();
    return new EmbeddedBroker(server, node.port());
  }

  /** {@code host:port} for clients. */
  public String bootstrapServers() {
    return HOST + ":" + port;
  }

  /**
   * Stops with a controlled shutdown; the log stays. In a cluster that needs a controller, so more than half of the
   * nodes: others wait for one, minutes long.
   */
  @Override
  public synchronized void close() {
    if (closed) return;
    closed = true;
    server.shutdown();
    server.awaitShutdown();
  }

  private static void format(String clusterId, ClusterConfig.Node node) throws IOException {
    Path directory = node.dataDirectory();
    Formatter formatter =
        new Formatter()
            .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
            .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
            .setNodeId(node.id())
            .setClusterId(clusterId)
            .setDirectories(List.of(directory.toString()))
            .setMetadataLogDirectory(directory.toString())
            .setControllerListenerName("CONTROLLER")
            .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
            .setIgnoreFormatted(true);
    if (Files.exists(directory.resolve("meta.properties"))) return;
    try {
      formatter.run();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("cannot format " + directory + ": " + e.getMessage(), e);
    }
  }

  private static Properties properties(ClusterConfig cluster, ClusterConfig.Node node) {
    String replicas = Integer.toString(cluster.replicas());
    String inSync = Integer.toString(cluster.minInSyncReplicas());
    Properties p = new Properties();
    p.put("process.roles", "broker,controller");
    p.put("node.id", Integer.toString(node.id()));
    p.put("listeners",
        "PLAINTEXT://%s:%d,CONTROLLER://%s:%d".formatted(HOST, node.port(), HOST, node.controllerPort()));
    p.put("advertised.listeners", "PLAINTEXT://%s:%d".formatted(HOST, node.port()));
    p.put("controller.listener.names", "CONTROLLER");
    p.put("controller.quorum.voters", cluster.voters());
    p.put("log.dirs", node.dataDirectory().toString());
    p.put("auto.create.topics.enable", "false");
    p.put("default.replication.factor", replicas);
    p.put("min.insync.replicas", inSync);
    p.put("group.initial.rebalance.delay.ms", "0");
    p.put("num.network.threads", "2");
    p.put("num.io.threads", "4");
    // Few partitions so that start and stop stay quick.
    for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
      p.put(topic + ".replication.factor", replicas);
      p.put(topic + ".num.partitions", "4");
    }
    p.put("transaction.state.log.min.isr", inSync);
    p.put("share.coordinator.state.topic.min.isr", inSync);
    // The default of 128 MB is allocated at once.
    p.put("log.cleaner.dedupe.buffer.size", "4194304");
    p.putAll(cluster.settings());
    return p;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port on the loopback interface", e);
    }
  }

  private static void requireFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(HOST, port));
    } catch (IOException e) {
      throw new PortTakenException(port, e);
    }
  }
}
