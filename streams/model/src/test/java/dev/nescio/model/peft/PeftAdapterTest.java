package dev.nescio.model.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.model.Golden;
import dev.nescio.model.files.ModelFormatException;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.Projection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeftAdapterTest {

  @TempDir
  Path directory;

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
}
