package dev.nescio.dashboard;

import dev.nescio.broker.BrokerConfig;
import dev.nescio.broker.EmbeddedBroker;
import dev.nescio.schemas.registry.EmbeddedRegistry;
import dev.nescio.schemas.registry.HttpRegistryClient;
import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.registry.RegistryConfig;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.TopicPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A real broker, a real registry and the dashboard over them. */
final class RunningDashboard implements AutoCloseable {

  private final EmbeddedBroker broker;
  private final EmbeddedRegistry registry;
  private final RegistryClient client;
  private final KafkaProducer<byte[], byte[]> producer;
  private final DashboardServer server;
  private final HttpClient http = HttpClient.newHttpClient();

  RunningDashboard(Path directory) {
    broker = EmbeddedBroker.start(new BrokerConfig(directory.resolve("broker"), 0));
    registry = EmbeddedRegistry.start(0, directory.resolve("registry.jsonl"));
    client = new HttpRegistryClient(RegistryConfig.at(registry.url()));
    Clients clients = Clients.at(broker.bootstrapServers());
    try (Admin admin = Admin.create(clients.admin())) {
      TopicPlan.apply(admin, 2, (short) 1);
    }
    producer = new KafkaProducer<>(clients.producer(), new ByteArraySerializer(), new ByteArraySerializer());
    server = DashboardServer.start(new DashboardConfig(0, broker.bootstrapServers(), registry.url()));
  }

  String bootstrapServers() {
    return broker.bootstrapServers();
  }

  String registryUrl() {
    return registry.url();
  }

  DashboardServer server() {
    return server;
  }

  /** Sends a record and waits for the broker; null is a tombstone. */
  <V extends SpecificRecord> void send(Topic<V> topic, String key, V value) {
    byte[] bytes = value == null ? null : AvroSerdes.of(topic, client).serializer().serialize(topic.name(), value);
    send(new ProducerRecord<>(topic.name(), key.getBytes(StandardCharsets.UTF_8), bytes));
  }

  void send(ProducerRecord<byte[], byte[]> record) {
    try {
      producer.send(record).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("could not send to " + record.topic(), e);
    }
  }

  HttpResponse<String> get(String path) {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create(server.url() + path.substring(1))).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.close();
    producer.close();
    client.close();
    registry.close();
    broker.close();
  }
}
