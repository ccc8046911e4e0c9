package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaluationConfigTest {

  private final EvaluationConfig defaults = EvaluationConfig.of("host:9092", "http://registry", Path.of("state"));

  @Test
  void readsSettings() {
    EvaluationConfig config = defaults.with(Map.of("horizon", "P2D", "min.labels", "50", "refit.growth", "0.5"));

    assertThat(config.horizon()).isEqualTo(Duration.ofDays(2));
    assertThat(config.minLabels()).isEqualTo(50);
    assertThat(config.refitGrowth()).isEqualTo(0.5);
    assertThat(config.slack()).isEqualTo(defaults.slack());
  }

  @Test
  void refusesAnUnknownKeyAndListsTheKnownOnes() {
    assertThatIllegalArgumentException().isThrownBy(() -> defaults.with(Map.of("horizont", "P2D")))
        .withMessageContaining("\"horizont\"").withMessageContaining("horizon, instance.id");
  }

  @ParameterizedTest
  @CsvSource({"horizon, 2 days, duration", "min.labels, many, whole number", "min.labels, 1, at least 2",
      "alpha, 1, between 0 and 1", "threshold.step, 1, from 0 to below 1", "headline.grader, kind, lenient",
      "threads, 0, at least 1", "refit.growth, NaN, above 0", "max.points, 99, at least min.labels", "emit.interval, PT0S, positive"})
  void refusesAValueAndSaysWhatItShouldBe(String key, String value, String rule) {
    assertThatIllegalArgumentException().isThrownBy(() -> defaults.with(Map.of(key, value)))
        .withMessageContaining(rule);
  }

  @Test
  void runsExactlyOnceAndLetsClientPropertiesWin() {
    var properties = EvaluationApp.properties(defaults.with(Map.of("instance.id", "a"))
        .withClient(Map.of("security.protocol", "SSL")));

    assertThat(properties).containsEntry(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, "exactly_once_v2")
        .containsEntry(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1_000L)
        .containsEntry("consumer.group.instance.id", "a")
        .containsEntry("security.protocol", "SSL");
  }
}
