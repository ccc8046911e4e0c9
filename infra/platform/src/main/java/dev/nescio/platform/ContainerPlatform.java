package dev.nescio.platform;

import com.github.dockerjava.api.model.PortBinding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.lifecycle.Startables;

/** Kafka and Apicurio Registry in containers, each with ports of its own on this host. */
final class ContainerPlatform implements Platform {

  /** By this label .ci/containers finds containers that a killed test left. */
  private static final Map<String, String> LABEL = Map.of("dev.nescio.platform", "test");
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int KAFKA_PORT = 9092;
  private static final int REGISTRY_PORT = 8080;

  private final GenericContainer<?> kafka;
  private final GenericContainer<?> registry;
  private final int brokerPort;

  private ContainerPlatform(Images images) {
    brokerPort = freePort();
    kafka = container(images.kafka(), brokerPort + ":" + KAFKA_PORT).withEnv(brokerSettings(brokerPort))
        .waitingFor(Wait.forListeningPorts(KAFKA_PORT).withStartupTimeout(PATIENCE));
    registry = container(images.registry(), freePort() + ":" + REGISTRY_PORT)
        .waitingFor(Wait.forHttp("/apis/ccompat/v7/subjects").forPort(REGISTRY_PORT).withStartupTimeout(PATIENCE));
  }

  /** Starts both and returns when both take connections. */
  static ContainerPlatform start(Images images) {
    ContainerPlatform platform = new ContainerPlatform(images);
    try {
      Startables.deepStart(platform.kafka, platform.registry).join();
      platform.refuseBreakingSchemas();
      return platform;
    } catch (RuntimeException e) {
      platform.close();
      throw e;
    }
  }

  @Override
  public String bootstrapServers() {
    return kafka.getHost() + ":" + brokerPort;
  }

  @Override
  public String registryUrl() {
    return "http://" + registry.getHost() + ":" + registry.getMappedPort(REGISTRY_PORT) + "/apis/ccompat/v7";
  }

  @Override
  public void restartBroker(Runnable meanwhile) {
    var docker = DockerClientFactory.lazyClient();
    docker.stopContainerCmd(kafka.getContainerId()).withTimeout(30).exec();
    meanwhile.run();
    // The same container, so that its log and its port are still there.
    docker.startContainerCmd(kafka.getContainerId()).exec();
  }

  @Override
  public void close() {
    kafka.stop();
    registry.stop();
  }

  private static GenericContainer<?> container(String image, String port) {
    GenericContainer<?> container = new GenericContainer<>(image);
    return container.withImagePullPolicy(ignored -> false).withLabels(LABEL)
        .withExposedPorts(Integer.parseInt(port.substring(port.indexOf(':') + 1)))
        .withCreateContainerCmdModifier(create -> create.getHostConfig().withPortBindings(PortBinding.parse(port)));
  }

  /** The same as of the embedded broker, but for where it listens. */
  private static Map<String, String> brokerSettings(int port) {
    return Map.ofEntries(
        Map.entry("CLUSTER_ID", "bmVzY2lvLXBsYXRmb3JtMQ"),
        Map.entry("KAFKA_NODE_ID", "1"),
        Map.entry("KAFKA_PROCESS_ROLES", "broker,controller"),
        Map.entry("KAFKA_LISTENERS", "PLAINTEXT://:" + KAFKA_PORT + ",INSIDE://:9094,CONTROLLER://:9093"),
        Map.entry("KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://"
            + DockerClientFactory.instance().dockerHostIpAddress() + ":" + port + ",INSIDE://localhost:9094"),
        // The broker asks its own transaction coordinator, and must reach itself from inside the container.
        Map.entry("KAFKA_INTER_BROKER_LISTENER_NAME", "INSIDE"),
        Map.entry("KAFKA_LISTENER_SECURITY_PROTOCOL_MAP",
            "PLAINTEXT:PLAINTEXT,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT"),
        Map.entry("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER"),
        Map.entry("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:9093"),
        Map.entry("KAFKA_LOG_DIRS", "/tmp/kafka-logs"),
        Map.entry("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false"),
        Map.entry("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0"),
        Map.entry("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "1"),
        Map.entry("KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS", "4"),
        Map.entry("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "1"),
        Map.entry("KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS", "4"),
        Map.entry("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "1"),
        Map.entry("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR", "1"),
        Map.entry("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_NUM_PARTITIONS", "4"),
        Map.entry("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR", "1"));
  }

  /** Apicurio has no compatibility rule until it is given one; Confluent's registry starts with this one. */
  private void refuseBreakingSchemas() {
    HttpRequest request = HttpRequest.newBuilder(URI.create(registryUrl() + "/config"))
        .header("Content-Type", "application/json")
        .PUT(HttpRequest.BodyPublishers.ofString("{\"compatibility\":\"BACKWARD\"}")).build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IllegalStateException("the registry took no compatibility rule: HTTP " + response.statusCode() + " "
            + response.body());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the registry took no compatibility rule", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the registry started", e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port", e);
    }
  }
}
