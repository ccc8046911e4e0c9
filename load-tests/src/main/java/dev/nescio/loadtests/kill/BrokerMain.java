package dev.nescio.loadtests.kill;

import dev.nescio.broker.ClusterConfig;
import dev.nescio.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One broker of three, in a process of its own. */
final class BrokerMain {

  /**
   * Times of which a run has to wait for many: a broker is taken for gone after 6 s instead of 9 s, a group's member
   * may be after 2 s. The controllers are more patient than by default, since on a busy machine all three share the
   * cores.
   */
  private static final Map<String, String> QUICK = Map.of(
      "broker.session.timeout.ms", "6000", "broker.heartbeat.interval.ms", "500",
      "group.min.session.timeout.ms", "2000", "transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000",
      "controller.quorum.fetch.timeout.ms", "4000", "log.segment.bytes", "67108864");

  private BrokerMain() {}

  /** @param arguments id of this node, cluster id, directory of all nodes, then port and controller port of each */
  public static void main(String[] arguments) throws Exception {
    int id = Integer.parseInt(arguments[0]);
    Path directory = Path.of(arguments[2]);
    List<ClusterConfig.Node> nodes = new ArrayList<>();
    for (int i = 3; i < arguments.length; i += 2) {
      int node = nodes.size() + 1;
      nodes.add(new ClusterConfig.Node(node, Integer.parseInt(arguments[i]), Integer.parseInt(arguments[i + 1]),
          directory.resolve("broker-" + node)));
    }
    EmbeddedBroker broker = EmbeddedBroker.start(new ClusterConfig(arguments[1], nodes, QUICK), id);
    Life.live(broker, () -> true, () -> false);
  }
}
