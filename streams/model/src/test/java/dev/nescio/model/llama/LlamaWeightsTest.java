package dev.nescio.model.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.nescio.bytemodel.ByteModel;
import dev.nescio.model.Golden;
import dev.nescio.model.files.ModelFormatException;
import dev.nescio.model.files.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.StringJoiner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LlamaWeightsTest {

  private final NDManager manager = NDManager.newBaseManager();

  @TempDir
  Path directory;

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void readsInCanonicalOrder() throws IOException {
    LlamaWeights weights = LlamaWeights.load(Golden.path("tiny"), new IdkRow.None(), manager);
    assertThat(weights.names()).startsWith(
        "model.embed_tokens.weight", "model.layers.0.input_layernorm.weight", "model.layers.0.self_attn.q_proj.weight",
        "model.layers.0.self_attn.k_proj.weight", "model.layers.0.self_attn.v_proj.weight",
        "model.layers.0.self_attn.o_proj.weight", "model.layers.0.post_attention_layernorm.weight",
        "model.layers.0.mlp.gate_proj.weight", "model.layers.0.mlp.up_proj.weight",
        "model.layers.0.mlp.down_proj.weight", "model.layers.1.input_layernorm.weight").endsWith("model.norm.weight");
    assertThat(weights.list()).hasSize(20);
    assertThat(weights.get(1, Projection.V).getShape()).isEqualTo(new Shape(32, 64));
    assertThat(weights.idkRow()).isEmpty();
  }

  @Test
  void readsWhatWasWrittenWithoutIt() throws IOException {
    LlamaWeights weights = LlamaWeights.load(ByteModel.twoLayers().write(directory), new IdkRow.None(), manager);
    assertThat(weights.list()).hasSize(20);
    assertThat(weights.get(1, Projection.DOWN).getShape()).isEqualTo(new Shape(32, 64));
    assertThat(weights.get(LlamaWeights.EMBEDDING).getFloat(0, 0))
        .isEqualTo((float) new Random(1).nextGaussian() * .5f);
  }

  @Test
  void aNewRowIsTheMeanOfTheRowsNamed() throws IOException {
    LlamaWeights weights = LlamaWeights.load(Golden.path("tiny"), new IdkRow.MeanOf(10, 20, 30), manager);
    float[] expected = Golden.floats(Golden.json("tiny_lora_idk.json").get("initial_row"));
    assertThat(weights.idkRow().orElseThrow().toFloatArray()).usingComparatorWithPrecision(1e-6f)
        .containsExactly(expected);
    assertThat(weights.config().vocabSize()).isEqualTo(512);
  }

  @Test
  void savesTheRowAsTheLastOfTheEmbeddingAndSplitsItOffAgain() throws IOException {
    LlamaWeights weights = LlamaWeights.load(Golden.path("tiny"), new IdkRow.MeanOf(10, 20, 30), manager);
    weights.save(directory);
    assertThat(LlamaConfig.read(directory).vocabSize()).isEqualTo(513);
    LlamaWeights again = LlamaWeights.load(directory, new IdkRow.Last(), manager);
    assertThat(again.config()).isEqualTo(weights.config());
    assertThat(again.idkRow().orElseThrow()).isEqualTo(weights.idkRow().orElseThrow());
    for (String name : weights.names()) assertThat(again.get(name)).as(name).isEqualTo(weights.get(name));
  }

  @Test
  void namesATensorThatIsMissing() throws IOException {
    Files.copy(Golden.path("tiny_lora_idk/adapter_model.safetensors"), directory.resolve("model.safetensors"));
    Files.copy(Golden.path("tiny/config.json"), directory.resolve("config.json"));
    assertThatThrownBy(() -> LlamaWeights.load(directory, new IdkRow.None(), manager))
        .isInstanceOf(ModelFormatException.class).hasMessageContaining("token_adapter");
  }

  @Test
  void refusesATruncatedFileNamingIt() throws IOException {
    byte[] bytes = Files.readAllBytes(Golden.path("tiny/model.safetensors"));
    Files.write(directory.resolve("model.safetensors"), Arrays.copyOf(bytes, bytes.length - 1000));
    Files.copy(Golden.path("tiny/config.json"), directory.resolve("config.json"));
    assertThatThrownBy(() -> LlamaWeights.load(directory, new IdkRow.None(), manager))
        .isInstanceOf(ModelFormatException.class).hasMessageContaining("model.safetensors")
        .hasMessageContaining("is truncated: tensor");
  }

  @Test
  void refusesPicklesAndEmptyDirectories() throws IOException {
    Files.copy(Golden.path("tiny/config.json"), directory.resolve("config.json"));
    assertThatThrownBy(() -> LlamaWeights.load(directory, new IdkRow.None(), manager))
        .hasMessageContaining("has no model.safetensors");
    Files.write(directory.resolve("pytorch_model.bin"), new byte[] {'P', 'K'});
    assertThatThrownBy(() -> LlamaWeights.load(directory, new IdkRow.None(), manager))
        .hasMessageContaining("only pickles [pytorch_model.bin]");
  }

  @Test
  void aCheckpointInTwoShardsIsTheCheckpointInOneFile() throws IOException {
    LlamaWeights whole = LlamaWeights.load(Golden.path("families/qwen2"), new IdkRow.None(), manager);
    List<String> names = List.copyOf(whole.names());
    StringJoiner index = new StringJoiner(",", "{\"metadata\":{},\"weight_map\":{", "}}");
    for (int shard = 0; shard < 2; shard++) {
      String file = "model-0000" + (shard + 1) + "-of-00002.safetensors";
      Map<String, long[]> shapes = new LinkedHashMap<>();
      for (String name : names.subList(shard * 10, shard == 0 ? 10 : names.size())) {
        shapes.put(name, whole.get(name).getShape().getShape());
        index.add("\"" + name + "\":\"" + file + "\"");
      }
      SafetensorsWriter.write(directory.resolve(file), shapes, Map.of(), name -> whole.get(name).toByteBuffer());
    }
    Files.writeString(directory.resolve("model.safetensors.index.json"), index.toString());
    Files.copy(Golden.path("families/qwen2/config.json"), directory.resolve("config.json"));
    LlamaWeights sharded = LlamaWeights.load(directory, new IdkRow.None(), manager);
    assertThat(sharded.names()).containsExactlyElementsOf(names);
    for (String name : names) assertThat(sharded.get(name)).as(name).isEqualTo(whole.get(name));

    Path second = directory.resolve("model-00002-of-00002.safetensors");
    Files.copy(directory.resolve("model-00001-of-00002.safetensors"), second, StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> LlamaWeights.load(directory, new IdkRow.None(), manager))
        .isInstanceOf(ModelFormatException.class).hasMessageContaining(second + " a second time");
    Files.delete(second);
    assertThatThrownBy(() -> LlamaWeights.load(directory, new IdkRow.None(), manager))
        .isInstanceOf(ModelFormatException.class).hasMessageContaining(second + " is missing");
  }

  @Test
  void aCheckpointInSeveralFilesIsRead() throws IOException {
    LlamaWeights weights = LlamaWeights.load(Golden.path("tiny"), new IdkRow.None(), manager);
    weights.save(directory);
    Files.move(directory.resolve("model.safetensors"), directory.resolve("model-00001-of-00001.safetensors"));
    Files.writeString(directory.resolve("model.safetensors.index.json"),
        "{\"weight_map\":{\"model.norm.weight\":\"model-00001-of-00001.safetensors\"}}");
    NDArray norm = LlamaWeights.load(directory, new IdkRow.None(), manager).get(LlamaWeights.FINAL_NORM);
    assertThat(norm.sum().getFloat()).isCloseTo(weights.get(LlamaWeights.FINAL_NORM).sum().getFloat(), within(1e-6f));
  }
}
