package dev.nescio.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.model.Golden;
import dev.nescio.model.llama.IdkRow;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.torch.Torch;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LlamaForwardTest {

  private final NDManager manager = Torch.newManager();
  private LlamaForward forward;

  @BeforeEach
  void open() throws IOException {
    forward = new LlamaForward(LlamaWeights.load(Golden.path("tiny"), new IdkRow.None(), manager), 256, 8);
  }

  @AfterEach
  void close() {
    forward.close();
    manager.close();
  }

  @ParameterizedTest(name = "weight on the left up to {0} rows")
  @ValueSource(ints = {0, 8, 1000})
  void computesTheLogitsOfTheReference(int columns) {
    forward.setColumns(columns);
    for (JsonNode input : Golden.json("tiny_forward.json").get("inputs")) {
      int[] ids = Golden.ints(input.get("input_ids"));
      float[][] logits = logits(ids);
      assertThat(logits[0]).usingComparatorWithPrecision(1e-5f)
          .containsExactly(Golden.floats(input.get("first_logits")));
      assertThat(logits[ids.length - 1]).usingComparatorWithPrecision(1e-5f)
          .containsExactly(Golden.floats(input.get("last_logits")));
    }
  }

  @Test
  void cachedDecodingEqualsTheFullForward() {
    int[] ids = Golden.ints(Golden.json("tiny_forward.json").get("inputs").get(3).get("input_ids"));
    float[][] full = logits(ids);
    NDArray cache = forward.newCache(manager, 1, ids.length);
    for (int at = 0; at < ids.length; at++) {
      NDArray states = forward.states(forward.base(), cache, 0, at, matrix(ids[at]), matrix(at),
          manager.zeros(new Shape(1, 1, 1, at + 1)), vector(0));
      float[] row = forward.observe(forward.base(), states, 2, vector(2)).logits().toFloatArray();
      assertThat(row).as("position " + at).usingComparatorWithPrecision(1e-5f).containsExactly(full[at]);
    }
  }

  @Test
  void saysAllThereIsToKnowAboutADistribution() {
    int[] ids = {1, 17, 300};
    float[] logits = logits(ids)[2];
    NDArray cache = forward.newCache(manager, 1, 3);
    NDArray states = forward.states(forward.base(), cache, 0, 0, matrix(ids), matrix(0, 1, 2), causal(3), vector(2));
    LlamaForward.Observed observed = forward.observe(forward.base(), states, 3, vector(2, 7));
    double max = IntStream.range(0, logits.length).mapToDouble(i -> logits[i]).max().orElseThrow();
    double sum = IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logits[i] - max)).sum();
    double[] logProbs = IntStream.range(0, logits.length).mapToDouble(i -> logits[i] - max - Math.log(sum)).toArray();
    double entropy = -IntStream.range(0, logits.length).mapToDouble(i -> logProbs[i] * Math.exp(logProbs[i])).sum();
    int[] order = IntStream.range(0, logits.length).boxed()
        .sorted((a, b) -> Double.compare(logProbs[b], logProbs[a])).mapToInt(i -> i).toArray();

    assertThat((double) observed.entropy().getFloat(0)).isCloseTo(entropy, within(1e-4));
    assertThat(observed.best().getLong(0)).isEqualTo(order[0]);
    assertThat(observed.topIds().toLongArray()).containsExactly(order[0], order[1], order[2]);
    assertThat((double) observed.topLogProbs().toFloatArray()[2]).isCloseTo(logProbs[order[2]], within(1e-5));
    assertThat((double) observed.watched().toFloatArray()[1]).isCloseTo(logProbs[7], within(1e-5));
    assertThat((double) forward.pick(observed.logProbs(), vector(42)).getFloat(0))
        .isCloseTo(logProbs[42], within(1e-5));
  }

  @Test
  void prefixesAreTakenPutAndMoved() {
    NDArray cache = forward.newCache(manager, 3, 4);
    forward.states(forward.base(), cache, 0, 0, matrix(1, 2, 3, 4), matrix(0, 1, 2, 3), causal(4), vector(3));
    NDArray prefix = forward.take(manager, cache, 0, 0, 3);
    forward.put(cache, 1, 1, prefix, 2);
    forward.move(cache, 1, 2, 4);
    assertThat(forward.take(manager, cache, 2, 1, 2)).isEqualTo(forward.take(manager, cache, 0, 0, 2));
    assertThat(forward.take(manager, cache, 2, 3, 1).sum().getFloat()).isZero();
  }

  /** Logits [T, V] of one sequence in one call. */
  private float[][] logits(int[] ids) {
    NDArray cache = forward.newCache(manager, 1, ids.length);
    int[] positions = IntStream.range(0, ids.length).toArray();
    NDArray states = forward.states(
        forward.base(), cache, 0, 0, matrix(ids), matrix(positions), causal(ids.length), vector(positions));
    float[] all = forward.observe(forward.base(), states, 2, vector(2)).logits().toFloatArray();
    int vocab = all.length / ids.length;
    return IntStream.range(0, ids.length)
        .mapToObj(t -> Arrays.copyOfRange(all, t * vocab, (t + 1) * vocab)).toArray(float[][]::new);
  }

  private NDArray causal(int length) {
    float[] mask = new float[length * length];
    for (int q = 0; q < length; q++) {
      for (int k = q + 1; k < length; k++) mask[q * length + k] = Float.NEGATIVE_INFINITY;
    }
    return manager.create(mask, new Shape(1, 1, length, length));
  }

  private NDArray matrix(int... values) {
    return vector(values).reshape(1, values.length);
  }

  private NDArray vector(int... values) {
    return manager.create(IntStream.of(values).asLongStream().toArray());
  }
}
