package dev.nescio.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.model.Golden;
import dev.nescio.model.llama.IdkRow;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.llama.Projection;
import dev.nescio.model.llama.SlidingWindow;
import dev.nescio.model.peft.PeftAdapter;
import dev.nescio.model.sampling.Sampler;
import dev.nescio.model.torch.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tiny model of each family against transformers in float32; see {@code src/test/golden/families.py}. */
class FamiliesTest {

  private static final float TOLERANCE = 1e-4f;

  private final NDManager manager = Torch.newManager();

  @TempDir
  Path directory;

  @AfterEach
  void close() {
    manager.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama3", "untied", "qwen2", "mistral", "mistral-window", "qwen2-window"})
  void computesTheLogitsOfTheReference(String name) throws IOException {
    try (LlamaForward forward = new LlamaForward(weights(name), 64, 8)) {
      for (JsonNode input : inputs(name)) {
        float[][] logits = logits(forward, forward.base(), Golden.ints(input.get("input_ids")));
        assertClose(logits[0], input.get("first_logits"));
        assertClose(logits[logits.length - 1], input.get("last_logits"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama3", "untied", "qwen2", "mistral", "mistral-window", "qwen2-window"})
  void cachedDecodingGivesTheGreedyTokensOfAForwardOverTheWhole(String name) throws IOException {
    try (LlamaForward forward = new LlamaForward(weights(name), 64, 8)) {
      for (JsonNode input : inputs(name)) {
        int[] prompt = Golden.ints(input.get("input_ids"));
        int[] greedy = Golden.ints(input.get("greedy_ids"));
        int[] all = Arrays.copyOf(prompt, prompt.length + greedy.length);
        System.arraycopy(greedy, 0, all, prompt.length, greedy.length);
        float[][] full = logits(forward, forward.base(), all);
        NDArray cache = forward.newCache(manager, 1, all.length);
        for (int at = 0; at < all.length; at++) {
          float[] row = EngineLogits.of(manager, forward, forward.base(), cache, at, all[at])[0];
          assertThat(row).usingComparatorWithPrecision(TOLERANCE).containsExactly(full[at]);
          int next = at + 1 - prompt.length;
          if (next >= 0 && next < greedy.length) assertThat(Sampler.best(row)).isEqualTo(greedy[next]);
        }
      }
    }
  }

  @Test
  void anAdapterOverAnUntiedModelHasTwoRowsForIdkAsPeftHasThem() throws IOException {
    JsonNode golden = Golden.json("families/untied-adapter/forward.json");
    LlamaWeights weights =
        LlamaWeights.load(Golden.path("families/untied"), new IdkRow.MeanOf(10, 20, 30), manager);
    PeftAdapter adapter = PeftAdapter.read(Golden.path("families/untied-adapter"), weights.config());
    assertThat(adapter.targets()).containsExactly(Projection.Q, Projection.DOWN);
    assertThat(adapter.idkOutputRow()).isPresent();
    adapter.write(directory, weights.config(), "untied");
    PeftAdapter again = PeftAdapter.read(directory, weights.config());
    assertThat(again.id()).isEqualTo(adapter.id());
    try (LlamaForward forward = new LlamaForward(weights, 16, 8);
        TorchModel loaded = TorchModel.of(again, weights)) {
      int[] ids = Golden.ints(golden.get("input_ids"));
      float[][] logits = logits(forward, loaded.variant(), ids);
      assertClose(logits[2], golden.get("logits_at_idk"));
      assertClose(logits[4], golden.get("last_logits"));
    }
  }

  @Test
  void anUntiedModelKeepsBothRowsOfIdkWhenItIsSaved() throws IOException {
    LlamaWeights weights =
        LlamaWeights.load(Golden.path("families/untied"), new IdkRow.MeanOf(10, 20, 30), manager);
    NDArray output = weights.get(LlamaWeights.OUTPUT);
    float[] mean = output.get(vector(10, 20, 30)).mean(new int[] {0}).toFloatArray();
    assertThat(weights.idkOutputRow().orElseThrow().toFloatArray()).usingComparatorWithPrecision(1e-6f)
        .containsExactly(mean).isNotEqualTo(weights.idkRow().orElseThrow().toFloatArray());
    weights.save(directory);
    LlamaWeights again = LlamaWeights.load(directory, new IdkRow.Last(), manager);
    assertThat(again.config()).isEqualTo(weights.config());
    assertThat(again.idkRow()).isEqualTo(weights.idkRow());
    assertThat(again.idkOutputRow()).isEqualTo(weights.idkOutputRow());
    for (String name : weights.names()) assertThat(again.get(name)).as(name).isEqualTo(weights.get(name));
    assertThat(again.bias(1, Projection.DOWN)).isPresent();
  }

  @Test
  void qwenHasBiasesOfQueryKeyAndValueOnly() throws IOException {
    LlamaWeights weights = weights("qwen2");
    assertThat(weights.config().biases()).isEqualTo(Set.of(Projection.Q, Projection.K, Projection.V));
    assertThat(weights.bias(0, Projection.K).orElseThrow().getShape()).isEqualTo(new Shape(32));
    assertThat(weights.bias(0, Projection.O)).isEmpty();
    assertThat(weights.names()).endsWith("model.layers.1.self_attn.v_proj.bias");
    assertThat(weights.output()).isSameAs(weights.get(LlamaWeights.EMBEDDING));
  }

  @Test
  void aWindowIsThatOfTheLayersThatHaveIt() throws IOException {
    LlamaConfig mistral = LlamaConfig.read(Golden.path("families/mistral-window"));
    assertThat(mistral.slidingWindow()).contains(SlidingWindow.ofLayers(8, 0, 2));
    assertThat(mistral.windows()).containsExactly(8, 8);
    assertThat(mistral.contextTokens()).isEqualTo(256);
    assertThat(mistral.headDim()).isEqualTo(24);
    LlamaConfig qwen2 = LlamaConfig.read(Golden.path("families/qwen2-window"));
    assertThat(qwen2.slidingWindow()).contains(SlidingWindow.ofLayers(11, 1, 2));
    assertThat(qwen2.windows()).containsExactly(256, 11);
  }

  private LlamaWeights weights(String name) throws IOException {
    return LlamaWeights.load(Golden.path("families/" + name), new IdkRow.None(), manager);
  }

  private static Iterable<JsonNode> inputs(String name) {
    return Golden.json("families/" + name + "/forward.json").get("inputs");
  }

  private static void assertClose(float[] actual, JsonNode expected) {
    assertThat(actual).usingComparatorWithPrecision(TOLERANCE).containsExactly(Golden.floats(expected));
  }

  private float[][] logits(LlamaForward forward, Variant variant, int[] ids) {
    return EngineLogits.of(manager, forward, variant, ids);
  }

  private NDArray vector(int... values) {
    return manager.create(IntStream.of(values).asLongStream().toArray());
  }
}
