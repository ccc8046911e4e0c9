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

  @ParameterizedTest
  @CsvSource({
      "peft_rslora, 4, 4, 14", "peft_layers, 2, 1.5, 2", "peft_idk, 4, 2, 14", "peft_patterns, 6, 1, 5"})
  void computesWhatPeftComputesWithRankStabilisationSomeLayersAllProjectionsAndPatterns(
      String name, int rank, double scaling, int pairs) throws IOException {
    JsonNode golden = Golden.json(name + ".json");
    boolean idk = name.equals("peft_idk");
    LlamaWeights weights = LlamaWeights.load(
        Golden.path("tiny"), idk ? new IdkRow.MeanOf(10, 20, 30) : new IdkRow.None(), manager);
    PeftAdapter adapter = PeftAdapter.read(Golden.path(name), weights.config());
    assertThat(adapter.rank()).isEqualTo(rank);
    assertThat(adapter.scaling()).isEqualTo(scaling);
    assertThat(adapter.pairs()).hasSize(pairs);
    assertThat(adapter.idkId().isPresent()).isEqualTo(idk);
    adapter.write(directory, weights.config(), "tiny");
    PeftAdapter again = PeftAdapter.read(directory, weights.config());
    assertThat(again.id()).as("read, written and read again").isEqualTo(adapter.id());
    try (LlamaForward forward = new LlamaForward(weights, 16, 8);
        LoadedAdapter loaded = LoadedAdapter.of(again, weights)) {
      int[][] ids = {Golden.ints(golden.get("ids").get(0)), Golden.ints(golden.get("ids").get(1))};
      float[] logits = logits(forward, loaded.variant(), ids);
      int vocabulary = logits.length / 10;
      for (int row = 0; row < 2; row++) {
        int at = (row * 5 + 4) * vocabulary;
        assertThat(Arrays.copyOfRange(logits, at, at + vocabulary)).usingComparatorWithPrecision(1e-4f)
            .containsExactly(Golden.floats(golden.get("last_logits").get(row)));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "[\"q_proj\"]                      | null    | null                | 0 Q, 1 Q",
      "[\"self_attn.q_proj\"]            | [1]     | null                | 1 Q",
      "[\"layers.0.mlp.up_proj\",\"o_proj\"] | 1   | null                | 1 O",
      "[\"model.layers.1.mlp.up_proj\"]  | null    | null                | 1 UP",
      "\"all-linear\"                    | null    | [\"mlp.up_proj\",\"layers.0.self_attn.q_proj\"] | "
          + "0 K, 0 V, 0 O, 0 GATE, 0 DOWN, 1 Q, 1 K, 1 V, 1 O, 1 GATE, 1 DOWN",
      "\".*[kv]_proj\"                  | null    | \".*0.*v_proj\"     | 0 K, 1 K, 1 V"})
  void targetsAreWhatPeftTakesThemFor(String modules, String layers, String exclude, String places)
      throws IOException {
    ObjectNode json = Golden.MAPPER.createObjectNode();
    json.set("target_modules", Golden.MAPPER.readTree(modules));
    json.set("layers_to_transform", Golden.MAPPER.readTree(layers));
    json.set("exclude_modules", Golden.MAPPER.readTree(exclude));
    LlamaConfig config = LlamaConfig.read(Golden.path("tiny"));
    var read = PeftTargets.read(json, directory, config);
    assertThat(read.stream().map(place -> place.layer() + " " + place.projection()))
        .containsExactly(places.split(", "));
    ObjectNode written = Golden.MAPPER.createObjectNode();
    PeftTargets.write(written, read, config);
    assertThat(PeftTargets.read(written, directory, config)).isEqualTo(read);
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
      "a_later_setting | 3 | a_later_setting is not supported",
      "modules_to_save | [\"lm_head\"] | modules_to_save is not supported",
      "lora_bias | true | lora_bias is not supported",
      "init_lora_weights | \"pissa\" | init_lora_weights",
      "bias | \"all\" | bias must be none",
      "peft_type | \"IA3\" | peft_type must be LORA",
      "target_modules | \"all-linear\" | k_proj.lora_A.weight is missing",
      "target_modules | \".*\" | fits lm_head",
      "target_modules | \"nothing\" | fits no linear layer",
      "target_modules | \"(\" | is no pattern",
      "target_modules | 3 | target_modules must be a list",
      "target_modules | [\"lm_head\"] | lm_head' is no linear layer",
      "target_modules | [\"q_proj\"] | unexpected tensors",
      "target_modules | [\"q_proj\",\"v_proj\",\"k_proj\"] | k_proj.lora_A.weight is missing",
      "layers_to_transform | [0] | unexpected tensors",
      "layers_to_transform | [2] | names layer 2",
      "layers_pattern | \"blocks\" | layers_pattern must be layers",
      "r | 8 | has shape (4, 64), expected (8, 64)",
      "r | 0 | r must be at least 1",
      "r | 2.5 | r must be at least 1",
      "lora_alpha | 0 | lora_alpha must be above 0",
      "rank_pattern | {\"q_proj\":8} | has shape (4, 64), expected (8, 64)",
      "rank_pattern | {\"q_proj\":\"x\"} | rank_pattern must be at least 1",
      "alpha_pattern | {\"v_proj\":-1} | alpha_pattern must be above 0",
      "trainable_token_indices | {\"embed_tokens\":[1,2]} | must name one token",
      "trainable_token_indices | {\"lm_head\":[1]} | must name one token",
      "trainable_token_indices | null | unexpected tensors"})
  void refusesWhatItWouldComputeWrongly(String key, String value, String message) throws IOException {
    ObjectNode json = (ObjectNode) Golden.json("tiny_lora_idk/adapter_config.json");
    json.set(key, Golden.MAPPER.readTree(value));
    if (key.equals("layers_pattern")) json.set("layers_to_transform", Golden.MAPPER.readTree("[0]"));
    Files.write(directory.resolve("adapter_config.json"), Golden.MAPPER.writeValueAsBytes(json));
    Files.copy(Golden.path("tiny_lora_idk/adapter_model.safetensors"), directory.resolve(PeftAdapter.WEIGHTS));
    LlamaConfig config = LlamaConfig.read(Golden.path("tiny"));
    assertThatThrownBy(() -> PeftAdapter.read(directory, config))
        .isInstanceOf(ModelFormatException.class).hasMessageContaining(message)
        .hasMessageContaining(directory.toString());
  }

  @Test
  void refusesWhatIsNoNumber() throws IOException {
    LlamaConfig config = LlamaConfig.read(Golden.path("tiny"));
    PeftAdapter adapter = PeftAdapter.read(Golden.path("tiny_lora_idk"), config);
    adapter.pairs().get(new PeftAdapter.Place(1, Projection.V)).b()[3] = Float.NaN;
    adapter.write(directory, config, "tiny");
    assertThatThrownBy(() -> PeftAdapter.read(directory, config)).isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("layers.1.self_attn.v_proj.lora_B.weight holds NaN");
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
    none.put(new PeftAdapter.Place(0, Projection.Q), new PeftAdapter.Pair(new float[9], new float[8]));
    assertThatThrownBy(() -> new PeftAdapter(4, 8, none, Optional.empty(), Optional.empty()))
        .hasMessageContaining("q_proj is not of rank 4");
    assertThat(new PeftAdapter(4, 8, true, Map.of(), Optional.empty(), Optional.empty()).scaling()).isEqualTo(4);
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
