package dev.nescio.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FineTuneConfigTest {

  @Test
  void readsWhatItWrites() {
    FineTuneConfig config = FineTuneConfig.of(Map.of(
        "method", "full", "rank", "3", "projections", "down_proj,q_proj", "clipNorm", "Infinity", "seed", "-4"));
    assertThat(FineTuneConfig.of(config.toMap())).isEqualTo(config);
    assertThat(config.toMap()).containsEntry("projections", "q_proj,down_proj");
    assertThat(FineTuneConfig.of(Map.of())).isEqualTo(FineTuneConfig.standard());
    FineTuneConfig partly = FineTuneConfig.of(Map.of(
        "projections", "all", "layers", "7,0-2", "dropout", "0.1", "rankStabilised", "true", "rank", "16"));
    assertThat(partly.lora().layers()).containsExactly(0, 1, 2, 7);
    assertThat(partly.lora().scaling()).isEqualTo(4);
    assertThat(partly.lora().projections()).hasSize(7);
    assertThat(partly.toMap()).containsEntry("layers", "0,1,2,7");
    assertThat(FineTuneConfig.of(partly.toMap())).isEqualTo(partly);
    assertThat(FineTuneConfig.standard().withSeed(7).toMap()).containsEntry("seed", "7");
  }

  @Test
  void refusesWhatItDoesNotKnowByName() {
    assertThatThrownBy(() -> FineTuneConfig.of(Map.of("learningRate", "1")))
        .hasMessageContaining("no setting learningRate").hasMessageContaining("loraRate");
    assertThatThrownBy(() -> FineTuneConfig.of(Map.of("rank", "0"))).hasMessageContaining("rank must be");
    assertThatThrownBy(() -> FineTuneConfig.of(Map.of("rank", "x"))).hasMessageContaining("no number");
    assertThatThrownBy(() -> FineTuneConfig.of(Map.of("projections", "z_proj"))).hasMessageContaining("gate_proj");
    assertThatThrownBy(() -> FineTuneConfig.of(Map.of("dropout", "1"))).hasMessageContaining("[0, 1)");
    assertThatThrownBy(() -> FineTuneConfig.of(Map.of("layers", "3-1"))).hasMessageContaining("ascending");
    assertThatThrownBy(() -> FineTuneConfig.of(Map.of("layers", "-1"))).hasMessageContaining("layers must be");
    assertThatThrownBy(() -> FineTuneConfig.of(Map.of("rankStabilised", "yes"))).hasMessageContaining("true or false");
    assertThatThrownBy(() -> FineTuneConfig.of(Map.of("layers", "4")).lora().layers(4))
        .hasMessageContaining("below 4");
    assertThatThrownBy(() -> FineTuneConfig.of(Map.of("objective", "magic"))).hasMessageContaining("cross-entropy");
    assertThatThrownBy(() -> FineTuneConfig.of(Map.of("warmUp", "1"))).hasMessageContaining("[0, 1)");
  }

  @Test
  void theRateRisesAndFallsLinearly() {
    LearningRate rate = new LearningRate(10, .2);
    double[] expected = {1 / 3.0, 2 / 3.0, 1, 7 / 8.0, 6 / 8.0, 5 / 8.0, 4 / 8.0, 3 / 8.0, 2 / 8.0, 1 / 8.0};
    for (int i = 0; i < 10; i++) assertThat(rate.at(i)).isCloseTo(expected[i], within(1e-12));
    assertThat(new LearningRate(4, 0).at(0)).isEqualTo(1);
  }

  @Test
  void everyEpochIsAShuffleOfItsOwnAndTheSeedDecides() {
    ExampleOrder order = new ExampleOrder(10, 2, 4, 1);
    assertThat(order.steps()).isEqualTo(6).isEqualTo(FineTuneConfig.of(Map.of("epochs", "2", "batch", "4")).steps(10));
    Set<Integer> first = new HashSet<>();
    for (int i = 0; i < 3; i++) first.addAll(order.at(i));
    assertThat(first).hasSize(10);
    assertThat(List.of(order.at(0), order.at(1))).isNotEqualTo(List.of(order.at(3), order.at(4)));
    assertThat(new ExampleOrder(10, 2, 4, 1).at(4)).isEqualTo(order.at(4));
    assertThat(new ExampleOrder(10, 2, 4, 2).at(4)).isNotEqualTo(order.at(4));
  }
}
