package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.nescio.broker.BrokerConfig;
import dev.nescio.broker.EmbeddedBroker;
import dev.nescio.schemas.registry.EmbeddedRegistry;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.TopicPlan;
import dev.nescio.schemas.topics.TopicPlanException;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationAppTest {

  @TempDir
  private Path directory;

  @Test
  void saysWhichTopicsAreMissingAndThenStartsAndStopsWithinFiveSeconds() {
    try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerConfig(directory.resolve("broker"), 0));
        EmbeddedRegistry registry = EmbeddedRegistry.start(0, directory.resolve("registry.jsonl"));
        Admin admin = Admin.create(Clients.at(broker.bootstrapServers()).admin())) {
      EvaluationConfig config =
          EvaluationConfig.of(broker.bootstrapServers(), registry.url(), directory.resolve("state"));
      assertThatThrownBy(() -> EvaluationApp.start(config)).isInstanceOf(TopicPlanException.class)
          .hasMessageContaining("qa.answers.v1").hasMessageContaining("nescio topics apply");

      TopicPlan.apply(admin, 2, (short) 1);
      EvaluationApp app = EvaluationApp.start(config);
      await().atMost(Duration.ofSeconds(60)).until(app::ready);
      assertThat(app.health().failure()).isEmpty();
      assertThat(app.figures()).containsKey("evaluation_records_processed_total");

      long start = System.nanoTime();
      app.close();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
      assertThat(app.ready()).isFalse();
    }
  }
}
