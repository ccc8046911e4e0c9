package dev.nescio.trainer.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.trainer.recipes.KnowledgeProtocol;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NightConfigTest {

  private static final NightConfig STANDARD = NightConfig.standard(1);

  @Test
  void takesTheOverridesOfARequest() {
    NightConfig config =
        STANDARD.with(
            Map.of(
                "protocol", "cross-fitted", "samples", "3", "recipe", "sft", "alpha", "0.1", "minimum-gate", "12",
                "tune.epochs", "1"),
            7);
    assertThat(config.protocol()).isEqualTo(KnowledgeProtocol.CROSS_FITTED);
    assertThat(config.samples()).isEqualTo(3);
    assertThat(config.recipe()).isEqualTo("sft");
    assertThat(config.policy().alpha()).isEqualTo(.1);
    assertThat(config.minimumGate()).isEqualTo(12);
    assertThat(config.seed()).isEqualTo(7);
    assertThat(STANDARD.with(Map.of(), 1)).isEqualTo(STANDARD);
  }

  @Test
  void handsSettingsOfFineTuningOnWithoutTheirPrefix() {
    assertThat(NightConfig.tuning(Map.of("samples", "3", "tune.epochs", "1", "tune.rank", "4")))
        .isEqualTo(Map.of("epochs", "1", "rank", "4"));
  }

  @ParameterizedTest
  @CsvSource({
    "sample, 5, sample", "samples, many, samples", "samples, 0, samples", "samples, 101, samples",
    "alpha, x, alpha", "alpha, 1, alpha", "alpha, NaN, alpha", "protocol, guess, guess", "recipe, alchemy, alchemy",
    "minimum-gate, 0, minimumGate"
  })
  void refusesWhatItDoesNotKnowAndNamesIt(String key, String value, String named) {
    assertThatThrownBy(() -> STANDARD.with(Map.of(key, value), 1))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(named);
  }
}
