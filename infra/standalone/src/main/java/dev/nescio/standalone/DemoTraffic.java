package dev.nescio.standalone;

import dev.nescio.producers.Asking;
import dev.nescio.producers.Pace;
import dev.nescio.producers.Published;
import dev.nescio.producers.Publisher;
import dev.nescio.producers.QuestionItem;
import dev.nescio.producers.QuestionSource;
import dev.nescio.producers.ReferenceSource;
import dev.nescio.schemas.TrainingRequest;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.Topics;
import dev.nescio.trainer.recipes.KnowledgeItem;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** What the demo puts on the topics: references, questions and the request for a night. */
final class DemoTraffic {

  private final Clients clients;
  private final Map<String, String> registry;
  private final Map<String, QuestionItem> items;
  private final Clock clock;

  DemoTraffic(Clients clients, Map<String, String> registry, List<QuestionItem> items, Clock clock) {
    this.clients = clients;
    this.registry = registry;
    this.items = items.stream().collect(Collectors.toMap(QuestionItem::questionId, Function.identity()));
    this.clock = clock;
  }

  void publishReferences() {
    try (var publisher = Publisher.open(clients, Topics.REFERENCES, registry)) {
      requireAll(new ReferenceSource(publisher, clock, Pace.unlimited()).publish(items.values(), 0));
    }
  }

  /** Asks on a release channel; the run's name makes the asking distinct from every other. */
  void ask(List<KnowledgeItem> asked, String channel, String run) {
    try (var publisher = Publisher.open(clients, Topics.QUESTIONS, registry)) {
      List<QuestionItem> chosen = asked.stream().map(item -> items.get(item.questionId())).toList();
      requireAll(
          new QuestionSource(publisher, clock, Pace.unlimited())
              .publish(chosen, Asking.named("demo-" + run).withChannel(channel)));
    }
  }

  /** @return the request's id */
  String requestNight(long seed) {
    String requestId = "night-" + clock.instant().getEpochSecond();
    TrainingRequest request =
        TrainingRequest.newBuilder()
            .setRequestId(requestId)
            .setReason("command: nescio demo")
            .setRequestedBy("demo")
            .setRequestedAt(clock.instant())
            .setSeed(seed)
            .build();
    try (var serde = AvroSerdes.of(Topics.TRAINING_REQUESTS, registry);
        var producer = new KafkaProducer<>(clients.producer(), new StringSerializer(), serde.serializer())) {
      producer.send(new ProducerRecord<>(Topics.TRAINING_REQUESTS.name(), requestId, request)).get();
      return requestId;
    } catch (ExecutionException e) {
      throw new UserError("the training request could not be published: " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoppedException();
    }
  }

  private static void requireAll(Published published) {
    if (!published.rejected().isEmpty()) {
      throw new UserError(
          published.rejected().size() + " records were rejected, the first: "
              + published.rejected().getFirst().message());
    }
  }
}
