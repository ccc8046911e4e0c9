package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.nescio.platform.OnEachPlatform;
import dev.nescio.platform.Platform;
import dev.nescio.platform.PlatformKind;
import dev.nescio.schemas.topics.TopicPlanException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

@OnEachPlatform
class EvaluationAppTest {

  @TempDir
  private Path directory;
  @Parameter
  private PlatformKind kind;

  @Test
  void saysWhichTopicsAreMissingAndThenStartsAndStopsWithinFiveSeconds() {
    try (Platform platform = kind.start(directory.resolve("platform"))) {
      EvaluationConfig config =
          EvaluationConfig.of(platform.bootstrapServers(), platform.registryUrl(), directory.resolve("state"));
      assertThatThrownBy(() -> EvaluationApp.start(config)).isInstanceOf(TopicPlanException.class)
          .hasMessageContaining("qa.answers.v1").hasMessageContaining("nescio topics apply");

      platform.createTopics(2);
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
