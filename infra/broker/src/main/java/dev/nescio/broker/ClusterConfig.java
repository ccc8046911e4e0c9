package dev.nescio.broker;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;

/**
 * Nodes that form one cluster on the loopback interface, each broker and controller, each to be started by
 * {@link EmbeddedBroker#start(ClusterConfig, int)} in a process of its own. Every topic is on three nodes, or on all
 * where there are fewer, and a write is acknowledged by all of them but one.
 *
 * <p>Ports are fixed, since a node comes back where its clients know it. They should lie below the range that the
 * system takes ports of outgoing connections from (32768 on Linux), or a client that looks for a node that is gone may
 * take its port.
 *
 * @param clusterId the same for all nodes, of {@link #newClusterId}
 * @param nodes     at least one
 * @param settings  further broker properties, the same for all nodes; they win
 */
public record ClusterConfig(String clusterId, List<Node> nodes, Map<String, String> settings) {

  private static final int MOST_REPLICAS = 3;

  /**
   * One node.
   *
   * @param id             above 0, stays with the data directory
   * @param port           of the client listener
   * @param controllerPort of the listener among controllers
   * @param dataDirectory  kept between starts; made when it does not exist
   */
  public record Node(int id, int port, int controllerPort, Path dataDirectory) {

    public Node {
      Objects.requireNonNull(dataDirectory, "dataDirectory");
      if (id < 1) throw new IllegalArgumentException("id must be above 0, is " + id);
      requirePort("port", port);
      requirePort("controllerPort", controllerPort);
    }

    private static void requirePort(String name, int port) {
      if (port < 1 || port > 65_535) {
        throw new IllegalArgumentException(name + " must be between 1 and 65535, is " + port);
      }
    }
  }

  public ClusterConfig {
    Uuid.fromString(clusterId);
    nodes = List.copyOf(nodes);
    settings = Map.copyOf(settings);
    if (nodes.isEmpty()) throw new IllegalArgumentException("a cluster has at least one node");
    Set<Integer> ids = new HashSet<>();
    Set<Integer> ports = new HashSet<>();
    for (Node node : nodes) {
      if (!ids.add(node.id())) throw new IllegalArgumentException("two nodes have the id " + node.id());
      if (!ports.add(node.port()) || !ports.add(node.controllerPort())) {
        throw new IllegalArgumentException("a port of node " + node.id() + " is used twice");
      }
    }
  }

  /** A cluster id that no other cluster has. */
  public static String newClusterId() {
    return Uuid.randomUuid().toString();
  }

  /** For clients: every node. */
  public String bootstrapServers() {
    return nodes.stream().map(node -> EmbeddedBroker.HOST + ":" + node.port()).collect(Collectors.joining(","));
  }

  /** Copies of every record. */
  public int replicas() {
    return Math.min(MOST_REPLICAS, nodes.size());
  }

  /** Copies before a write is acknowledged: one node may be gone. */
  public int minInSyncReplicas() {
    return Math.max(1, replicas() - 1);
  }

  /** @throws IllegalArgumentException when there is no such node */
  Node node(int id) {
    return nodes.stream().filter(node -> node.id() == id).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no node has the id " + id));
  }

  String voters() {
    return nodes.stream().map(node -> node.id() + "@" + EmbeddedBroker.HOST + ":" + node.controllerPort())
        .collect(Collectors.joining(","));
  }
}
