package dev.nescio.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.broker.ClusterConfig.Node;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterConfigTest {

  private static final String ID = ClusterConfig.newClusterId();

  @TempDir Path directory;

  @Test
  void threeNodesTakeWritesThatTwoAcknowledgeAlsoWhenOneIsGone() throws Exception {
    // The last node would ask for minutes to be let go: there is no controller left that could.
    ClusterConfig cluster = new ClusterConfig(ID, nodes(3),
        Map.of("controlled.shutdown.enable", "false", "broker.session.timeout.ms", "3000"));
    List<CompletableFuture<EmbeddedBroker>> starting = cluster.nodes().stream()
        .map(node -> CompletableFuture.supplyAsync(() -> EmbeddedBroker.start(cluster, node.id()))).toList();
    try (EmbeddedBroker first = starting.get(0).get(2, TimeUnit.MINUTES);
        EmbeddedBroker second = starting.get(1).get(2, TimeUnit.MINUTES);
        EmbeddedBroker third = starting.get(2).get(2, TimeUnit.MINUTES)) {
      assertThat(cluster.bootstrapServers()).contains(first.bootstrapServers(), second.bootstrapServers());
      Map<String, Object> settings = Map.of("bootstrap.servers", cluster.bootstrapServers(), "acks", "all");
      try (Admin admin = Admin.create(settings);
          var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
        admin.createTopics(List.of(new NewTopic("t", 1, (short) 3))).all().get();
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "t");
        assertThat(admin.describeConfigs(List.of(topic)).all().get().get(topic).get("min.insync.replicas").value())
            .isEqualTo("2");
        assertThat(producer.send(new ProducerRecord<>("t", "with three")).get().offset()).isZero();
        third.close();
        assertThat(producer.send(new ProducerRecord<>("t", "with two")).get().offset()).isEqualTo(1);
      }
    }
  }

  @Test
  void oneNodeHasOneCopyAndFiveNodesHaveThree() throws Exception {
    assertThat(new ClusterConfig(ID, nodes(1), Map.of()).replicas()).isEqualTo(1);
    assertThat(new ClusterConfig(ID, nodes(1), Map.of()).minInSyncReplicas()).isEqualTo(1);
    assertThat(new ClusterConfig(ID, nodes(5), Map.of()).replicas()).isEqualTo(3);
    assertThat(new ClusterConfig(ID, nodes(5), Map.of()).minInSyncReplicas()).isEqualTo(2);
  }

  @Test
  void refusesNodesThatCollide() {
    assertThatThrownBy(() -> cluster(new Node(1, 5, 6, directory), new Node(1, 7, 8, directory)))
        .hasMessageContaining("id 1");
    assertThatThrownBy(() -> cluster(new Node(1, 5, 6, directory), new Node(2, 6, 8, directory)))
        .hasMessageContaining("port of node 2");
    assertThatThrownBy(() -> cluster()).hasMessageContaining("at least one");
    assertThatThrownBy(() -> new Node(1, 0, 6, directory)).hasMessageContaining("port");
    assertThatThrownBy(() -> EmbeddedBroker.start(cluster(new Node(1, 5, 6, directory)), 2))
        .hasMessageContaining("id 2");
  }

  private static ClusterConfig cluster(Node... nodes) {
    return new ClusterConfig(ID, List.of(nodes), Map.of());
  }

  private List<Node> nodes(int count) throws Exception {
    List<Node> nodes = new ArrayList<>();
    List<ServerSocket> held = new ArrayList<>();
    for (int id = 1; id <= count; id++) {
      nodes.add(new Node(id, free(held), free(held), directory.resolve("node-" + id)));
    }
    for (ServerSocket socket : held) socket.close();
    return nodes;
  }

  private static int free(List<ServerSocket> held) throws Exception {
    ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
    held.add(socket);
    return socket.getLocalPort();
  }
}
