package dev.nescio.trainer.objectives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import org.junit.jupiter.api.Test;

class KnowledgeWeightedTest {

  // a (KS 1, 2 tokens, mean 2), b (KS .2, 2 tokens, mean 4), c (KS 0, 4 tokens, mean 3).
  private static final Batches WORKED = new Batches(
      new double[][] {{1, 3}, {3.5, 4.5}, {2, 3, 3, 4}}, new double[] {1, 1 / 3.0, 1 / 6.0},
      new boolean[] {false, false, true});

  @Test
  void perSampleValueOfTheWorkedExample() {
    // (1 * 2 + 1/3 * 4 + 1/6 * 3) / 3 = 1.27778
    try (NDManager manager = NDManager.newBaseManager()) {
      float[] values = new KnowledgeWeighted().values(WORKED.padded(manager, 4, 9)).toFloatArray();
      assertThat(values).containsExactly(new float[] {2, 4 / 3f, .5f}, within(1e-6f));
      assertThat((values[0] + values[1] + values[2]) / 3).isCloseTo(1.27778f, within(1e-5f));
    }
  }

  @Test
  void groupMeanValueOfTheWorkedExample() {
    // 2/3 * (4 + 8)/4 + 1/6 * 12/4 = 2 + 0.5
    try (NDManager manager = NDManager.newBaseManager()) {
      float mean = new KnowledgeWeightedGroupMean().values(WORKED.padded(manager, 4, 9)).mean().getFloat();
      assertThat(mean).isCloseTo(2.5f, within(1e-6f));
    }
  }

  @Test
  void groupMeanOfABatchWithoutUnknownExamplesIsThatOfTheOtherGroup() {
    Batches known = new Batches(new double[][] {{1, 3}, {4}}, new double[] {1, .5}, new boolean[2]);
    try (NDManager manager = NDManager.newBaseManager()) {
      // 0.75 * 8/3
      assertThat(new KnowledgeWeightedGroupMean().values(known.padded(manager, 2, 0)).mean().getFloat())
          .isCloseTo(2f, within(1e-6f));
    }
  }

  @Test
  void crossEntropyIgnoresWeights() {
    try (NDManager manager = NDManager.newBaseManager()) {
      assertThat(new CrossEntropy().values(WORKED.padded(manager, 4, 9)).toFloatArray())
          .containsExactly(new float[] {2, 4, 3}, within(1e-6f));
    }
  }
}
