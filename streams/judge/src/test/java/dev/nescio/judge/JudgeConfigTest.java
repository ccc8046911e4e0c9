package dev.nescio.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;

class JudgeConfigTest {

  @Test
  void refusesAnUnknownSetting() {
    JudgeConfig config = JudgeConfig.of("host:1", "http://registry");
    assertThatIllegalArgumentException().isThrownBy(() -> config.with(Map.of("bach", "1")))
        .withMessageContaining("\"bach\"").withMessageContaining("batch");
    assertThatIllegalArgumentException().isThrownBy(() -> config.with(Map.of("wait", "soon")))
        .withMessageContaining("PT30S");
    assertThat(config.with(Map.of("batch", "4")).batch()).isEqualTo(4);
  }
}
