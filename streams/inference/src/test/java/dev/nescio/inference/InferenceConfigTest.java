package dev.nescio.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InferenceConfigTest {

  private static final Map<String, String> LEAST =
      Map.of("bootstrap.servers", "b:9092", "registry.schema.registry.url", "http://r:8081");

  @Test
  void passesRegistryAndKafkaSettingsOn() {
    Map<String, String> settings = new HashMap<>(LEAST);
    settings.put("registry.basic.auth.user.info", "u:p");
    settings.put("kafka.security.protocol", "SSL");
    settings.put("batch.rows", "4");
    InferenceConfig config = InferenceConfig.of(settings);
    assertThat(config.registry()).containsEntry("basic.auth.user.info", "u:p");
    assertThat(config.kafka()).containsOnly(Map.entry("security.protocol", "SSL"));
    assertThat(config.batchRows()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "batch.row|4|unknown inference setting \"batch.row\"",
        "batch.rows|0|batch.rows must be at least 1, is 0",
        "batch.rows|many|batch.rows is a whole number, not \"many\"",
        "max.queued|3|max.queued must be at least batch.rows (16), is 3",
        "audit.probability|1.5|audit.probability must be in [0, 1], is 1.5",
        "audit.probability|NaN|audit.probability must be in [0, 1], is NaN",
        "evidence.alternatives|21|evidence.alternatives must be between 0 and 20, is 21",
        "group|' '|group is missing",
      })
  void namesTheSettingThatIsWrong(String key, String value, String message) {
    Map<String, String> settings = new HashMap<>(LEAST);
    settings.put(key, value);
    assertThatThrownBy(() -> InferenceConfig.of(settings))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void wantsABrokerAndARegistry() {
    assertThatThrownBy(() -> InferenceConfig.of(Map.of("bootstrap.servers", "b:1")))
        .hasMessageContaining("registry.schema.registry.url is missing");
  }
}
