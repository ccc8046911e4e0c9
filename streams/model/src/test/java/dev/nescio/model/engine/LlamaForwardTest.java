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
import java.util.List;
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
      float[] row = EngineLogits.of(manager, forward, forward.base(), cache, at, ids[at])[0];
      assertThat(row).as("position " + at).usingComparatorWithPrecision(1e-5f).containsExactly(full[at]);
    }
  }

  @Test
  void sequencesOfDifferentLengthsInOneCallEqualThoseAlone() {
    int[] ids = Golden.ints(Golden.json("tiny_forward.json").get("inputs").get(3).get("input_ids"));
    float[][] full = logits(ids);
    int n = ids.length;
    NDArray slab = forward.newCache(manager, 5, n + 1);
    NDArray other = forward.newCache(manager, 1, 2 * n);
    EngineLogits.of(manager, forward, List.of(part(slab, 0, 0, ids, 0, n - 2), part(slab, 3, 0, ids, 0, 3)));
    // Two rows with one token each that stand together, one that begins, and a gap; another slab comes in between.
    float[][] rows = EngineLogits.of(manager, forward, List.of(
        part(slab, 3, 3, ids, 3, 4), part(other, 0, 0, ids, 0, n),
        part(slab, 0, n - 2, ids, n - 2, n - 1), part(slab, 1, 0, ids, 0, 1)));
    assertThat(rows[0]).usingComparatorWithPrecision(1e-5f).containsExactly(full[3]);
    assertThat(rows[1]).usingComparatorWithPrecision(1e-5f).containsExactly(full[n - 1]);
    assertThat(rows[2]).usingComparatorWithPrecision(1e-5f).containsExactly(full[n - 2]);
    assertThat(rows[3]).usingComparatorWithPrecision(1e-5f).containsExactly(full[0]);
  }

  private TokenBatch.Part part(NDArray cache, int row, int from, int[] ids, int begin, int end) {
    return new TokenBatch.Part(forward.base(), cache, row, from, Arrays.copyOfRange(ids, begin, end), 1);
  }

  @Test
  void saysAllThereIsToKnowAboutADistribution() {
    int[] ids = {1, 17, 300};
    float[] logits = logits(ids)[2];
    TokenBatch batch = new TokenBatch(List.of(part(forward.newCache(manager, 1, 3), 0, 0, ids, 0, 3)));
    LlamaForward.Observed observed = forward.run(manager, batch, 3, vector(2, 7)).orElseThrow();
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
    assertThat(forward.some(observed.logProbs(), vector(0, 0)).getShape()).isEqualTo(new Shape(2, logits.length));
  }

  @Test
  void prefixesAreTakenPutAndMoved() {
    NDArray slab = forward.newCache(manager, 3, 4);
    NDArray other = forward.newCache(manager, 2, 5);
    EngineLogits.of(manager, forward, forward.base(), slab, 0, 1, 2, 3, 4);
    NDArray prefix = forward.take(manager, slab, 0, 3);
    forward.put(slab, 1, prefix, 2);
    forward.move(slab, 1, slab, 2, 4);
    forward.move(slab, 2, other, 1, 3);
    assertThat(forward.take(manager, other, 1, 2)).isEqualTo(forward.take(manager, slab, 0, 2));
    assertThat(forward.take(manager, slab, 2, 4).get(":, :, :, 2:").sum().getFloat()).isZero();
    forward.clear(slab, 0);
    assertThat(forward.take(manager, slab, 0, 4).sum().getFloat()).isZero();
    assertThat(forward.take(manager, slab, 1, 2)).isEqualTo(forward.take(manager, other, 1, 2));
  }

  private float[][] logits(int[] ids) {
    return EngineLogits.of(manager, forward, forward.base(), ids);
  }

  private NDArray vector(int... values) {
    return manager.create(IntStream.of(values).asLongStream().toArray());
  }
}
