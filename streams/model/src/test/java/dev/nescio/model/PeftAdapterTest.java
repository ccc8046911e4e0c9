package dev.nescio.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeftAdapterTest {

  private final NDManager manager = Torch.newManager();

  @TempDir
  Path directory;

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void computesTheLogitsThatPeftComputes() throws IOException {
    JsonNode golden = Golden.json("tiny_lora_idk.json");
    LlamaWeights weights = LlamaWeights.load(Golden.path("tiny"), new IdkRow.MeanOf(10, 20, 30), manager);
    PeftAdapter adapter = PeftAdapter.read(Golden.path("tiny_lora_idk"), weights.config());
    assertThat(adapter.rank()).isEqualTo(4);
    assertThat(adapter.scaling()).isEqualTo(2);
    assertThat(adapter.targets()).containsExactly(Projection.Q, Projection.V);
    assertThat(adapter.idkId()).contains(512);
    try (LlamaForward forward = new LlamaForward(weights, 16, 8);
        LoadedAdapter loaded = LoadedAdapter.of(adapter, weights)) {
      int[][] ids = {Golden.ints(golden.get("input_ids").get(0)), Golden.ints(golden.get("input_ids").get(1))};
      float[] logits = logits(forward, loaded.variant(), ids);
      for (int row = 0; row < 2; row++) {
        assertThat(position(logits, row * 5 + 4)).usingComparatorWithPrecision(1e-4f)
            .containsExactly(Golden.floats(golden.get("logits_last").get(row)));
        int at = row == 0 ? 3 : 4;
        assertThat(position(logits, row * 5 + at)).usingComparatorWithPrecision(1e-4f)
            .containsExactly(Golden.floats(golden.get("logits_at_idk").get(row)));
      }
    }
  }

  @Test
  void anAdapterWhoseBIsZeroIsTheBase() throws IOException {
    LlamaWeights weights = LlamaWeights.load(Golden.path("tiny"), new IdkRow.None(), manager);
    PeftAdapter adapter = PeftAdapter.read(Golden.path("tiny_lora_zeroB_before"), weights.config());
    int[][] ids = {{1, 17, 300}};
    try (LlamaForward forward = new LlamaForward(weights, 16, 8);
        LoadedAdapter loaded = LoadedAdapter.of(adapter, weights)) {
      assertThat(logits(forward, loaded.variant(), ids)).usingComparatorWithPrecision(1e-5f)
          .containsExactly(logits(forward, forward.base(), ids));
    }
  }

  @Test
  void readsWhatItWritesUnderTheSameId() throws IOException {
    LlamaConfig config = LlamaConfig.read(Golden.path("tiny"));
    PeftAdapter adapter = PeftAdapter.read(Golden.path("tiny_lora_idk"), config);
    adapter.write(directory, config, "tiny");
    PeftAdapter again = PeftAdapter.read(directory, config);
    assertThat(again.id()).isEqualTo(adapter.id()).matches("[0-9a-f]{64}");
    assertThat(again.idkRow().orElseThrow()).containsExactly(adapter.idkRow().orElseThrow());
    assertThat(Files.readAllBytes(directory.resolve(PeftAdapter.WEIGHTS)).length)
        .isGreaterThan((int) Files.size(Golden.path("tiny_lora_idk/adapter_model.safetensors")) - 1024);
    float[] moved = adapter.idkRow().orElseThrow().clone();
    moved[0] += 1e-6f;
    PeftAdapter other =
        new PeftAdapter(adapter.rank(), adapter.alpha(), adapter.pairs(), Optional.of(moved), adapter.idkId());
    assertThat(other.id()).isNotEqualTo(adapter.id());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "use_dora | true | use_dora is not supported",
      "use_rslora | true | use_rslora is not supported",
      "modules_to_save | [\"lm_head\"] | modules_to_save is not supported",
      "rank_pattern | {\"q_proj\":8} | rank_pattern is not supported",
      "bias | \"all\" | bias must be none",
      "peft_type | \"IA3\" | peft_type must be LORA",
      "target_modules | \"all-linear\" | target_modules must be a list",
      "target_modules | [\"lm_head\"] | lm_head' is no linear layer",
      "target_modules | [\"q_proj\"] | unexpected tensors",
      "target_modules | [\"q_proj\",\"v_proj\",\"k_proj\"] | k_proj.lora_A.weight is missing",
      "r | 8 | has shape (4, 64), expected (8, 64)",
      "trainable_token_indices | {\"embed_tokens\":[1,2]} | must name one token",
      "trainable_token_indices | null | unexpected tensors"})
  void refusesWhatItWouldComputeWrongly(String key, String value, String message) throws IOException {
    ObjectNode json = (ObjectNode) Golden.json("tiny_lora_idk/adapter_config.json");
    json.set(key, Golden.MAPPER.readTree(value));
    Files.write(directory.resolve("adapter_config.json"), Golden.MAPPER.writeValueAsBytes(json));
    Files.copy(Golden.path("tiny_lora_idk/adapter_model.safetensors"), directory.resolve(PeftAdapter.WEIGHTS));
    LlamaConfig config = LlamaConfig.read(Golden.path("tiny"));
    assertThatThrownBy(() -> PeftAdapter.read(directory, config))
        .isInstanceOf(ModelFormatException.class).hasMessageContaining(message)
        .hasMessageContaining(directory.toString());
  }

  @Test
  void refusesATokenThatTheBaseLacks() throws IOException {
    LlamaWeights weights = LlamaWeights.load(Golden.path("tiny"), new IdkRow.None(), manager);
    PeftAdapter adapter = PeftAdapter.read(Golden.path("tiny_lora_idk"), weights.config());
    assertThatThrownBy(() -> LoadedAdapter.of(adapter, weights)).hasMessageContaining("without <IDK>");
  }

  @Test
  void checksItself() {
    Map<PeftAdapter.Place, PeftAdapter.Pair> none = new TreeMap<>();
    assertThatThrownBy(() -> new PeftAdapter(0, 8, none, Optional.empty(), Optional.empty()))
        .hasMessageContaining("rank");
    assertThatThrownBy(() -> new PeftAdapter(4, 8, none, Optional.empty(), Optional.of(512)))
        .hasMessageContaining("<IDK>");
  }

  private float[] logits(LlamaForward forward, LlamaForward.Variant variant, int[][] ids) {
    int length = ids[0].length;
    long[] all = new long[ids.length * length];
    long[] positions = new long[all.length];
    long[] take = new long[all.length];
    float[] mask = new float[ids.length * length * length];
    for (int i = 0; i < all.length; i++) {
      all[i] = ids[i / length][i % length];
      positions[i] = i % length;
      take[i] = i;
      for (int k = i % length + 1; k < length; k++) mask[i * length + k] = Float.NEGATIVE_INFINITY;
    }
    Shape shape = new Shape(ids.length, length);
    NDArray cache = forward.newCache(manager, ids.length, length);
    NDArray states = forward.states(variant, cache, 0, 0, manager.create(all, shape), manager.create(positions, shape),
        manager.create(mask, new Shape(ids.length, 1, length, length)), manager.create(take));
    return forward.observe(variant, states, 2, manager.create(new long[] {2})).logits().toFloatArray();
  }

  private static float[] position(float[] logits, int index) {
    return Arrays.copyOfRange(logits, index * 513, (index + 1) * 513);
  }
}
