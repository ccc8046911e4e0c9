package dev.nescio.dashboard;

import static dev.nescio.dashboard.Records.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.nescio.broker.BrokerConfig;
import dev.nescio.broker.EmbeddedBroker;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.registry.EmbeddedRegistry;
import dev.nescio.schemas.registry.HttpRegistryClient;
import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.registry.RegistryConfig;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.TopicPlan;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the reader does when broker or registry go away and come back. */
class TopicViewTest {

  private static final Duration SOON = Duration.ofSeconds(40);

  @TempDir Path directory;

  private final Hub hub = new Hub();

  private long listed() {
    return hub.latest("answer").size();
  }

  private static void send(EmbeddedBroker broker, byte[] bytes, String key) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Clients.at(broker.bootstrapServers()).producer(), new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(Topics.ANSWERS.name(), key.getBytes(StandardCharsets.UTF_8), bytes));
      producer.flush();
    }
  }

  private static byte[] bytes(RegistryClient client, String id) {
    return AvroSerdes.of(Topics.ANSWERS, client)
        .serializer()
        .serialize(Topics.ANSWERS.name(), answer(id + "~1", Decision.ANSWER, "Lima", Instant.now()));
  }

  private static void createTopics(EmbeddedBroker broker) {
    try (Admin admin = Admin.create(Clients.at(broker.bootstrapServers()).admin())) {
      TopicPlan.apply(admin, 2, (short) 1);
    }
  }

  private static EmbeddedBroker broker(Path directory, int port) {
    return EmbeddedBroker.start(new BrokerConfig(directory.resolve("broker"), port));
  }

  @Test
  void goesOnWhereItWasWhenTheBrokerComesBack() {
    EmbeddedBroker broker = broker(directory, 0);
    createTopics(broker);
    int port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
    try (EmbeddedRegistry registry = EmbeddedRegistry.start(0, directory.resolve("registry.jsonl"));
        RegistryClient client = new HttpRegistryClient(RegistryConfig.at(registry.url()));
        TopicView view = view(broker.bootstrapServers(), registry.url(), client)) {
      view.start();
      send(broker, bytes(client, "q1"), "q1");
      await().atMost(SOON).until(() -> listed() == 1 && view.status().ready());

      broker.close();
      await().atMost(SOON).until(() -> !view.status().connected());
      assertThat(view.status().problem()).isNotBlank();
      assertThat(view.status().reading()).isTrue();

      broker = broker(directory, port);
      send(broker, bytes(client, "q2"), "q2");
      await().atMost(SOON).until(() -> listed() == 2 && view.status().ready());
      assertThat(view.status().recordsRead()).isEqualTo(2);
    } finally {
      broker.close();
    }
  }

  @Test
  void waitsForTopicsAndForTheRegistry() {
    try (EmbeddedBroker broker = broker(directory, 0)) {
      Path file = directory.resolve("registry.jsonl");
      EmbeddedRegistry registry = EmbeddedRegistry.start(0, file);
      String url = registry.url();
      int port = registry.port();
      byte[] bytes;
      try (RegistryClient writing = new HttpRegistryClient(RegistryConfig.at(url))) {
        bytes = bytes(writing, "q1");
      }
      registry.close();
      try (RegistryClient client = new HttpRegistryClient(RegistryConfig.at(url));
          TopicView view = view(broker.bootstrapServers(), url, client)) {
        view.start();
        await().atMost(SOON).until(() -> view.status().missingTopics().contains(Topics.ANSWERS.name()));
        assertThat(view.status().connected()).isTrue();

        createTopics(broker);
        send(broker, bytes, "q1");
        await().atMost(SOON).until(() -> view.status().problem() != null && view.status().problem().contains(url));
        assertThat(view.status().undecodable()).isEmpty();

        try (EmbeddedRegistry again = EmbeddedRegistry.start(port, file)) {
          await().atMost(SOON).until(() -> listed() == 1 && view.status().ready());
          assertThat(again.url()).isEqualTo(url);
          assertThat(view.status().recordsRead()).isEqualTo(1);
          assertThat(view.status().missingTopics()).isEmpty();
        }
      }
    }
  }

  private TopicView view(String bootstrap, String registryUrl, RegistryClient client) {
    DashboardConfig config = new DashboardConfig(0, bootstrap, registryUrl);
    return new TopicView(config, List.of(new AnswersSection(10)), hub, client, Clock.systemUTC());
  }
}
