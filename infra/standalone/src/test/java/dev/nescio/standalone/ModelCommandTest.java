package dev.nescio.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.bytemodel.ByteModel;
import dev.nescio.model.llama.LlamaWeights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  @Test
  void checkPassesASoundModel() throws IOException {
    Path model = ByteModel.oneLayer().write(directory.resolve("tiny"));
    Ran ran = Ran.nescio("model", "check", model);
    assertThat(ran.out())
        .containsPattern("pass +config +llama, 1 layers, 2 heads")
        .containsPattern("pass +weights +11 tensors in 1 file, F32, .* MB, all of the expected shape and finite")
        .containsPattern("pass +tokenizer ")
        .containsPattern("pass +special +<IDK> not there, will be added as token 259, begin 1 '<bos>', end 2 '<end>'")
        .containsPattern("note +template ")
        .containsPattern("pass +forward .*goes on")
        .contains("PASS " + model);
    assertThat(ran.code()).isZero();
  }

  @Test
  void checkNamesAllThatIsWrongAndTheWayOut() throws IOException {
    Path model = ByteModel.oneLayer().writeWithout(directory.resolve("tiny"), LlamaWeights.FINAL_NORM);
    Files.delete(model.resolve("tokenizer.json"));
    Ran ran = Ran.nescio("model", "check", model);
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out())
        .containsPattern("fail +weights +1 tensor\\(s\\) wrong: model.norm.weight is missing; fetch the model again")
        .containsPattern("fail +tokenizer .*tokenizer.json is missing")
        .contains("FAIL " + model)
        .doesNotContainPattern("(pass|fail) +forward");
  }

  @Test
  void checkFindsValuesThatAreNotFinite() throws IOException {
    Path model = ByteModel.oneLayer().write(directory.resolve("tiny"));
    Path file = model.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 4, Float.NaN);
    Files.write(file, bytes);
    Ran ran = Ran.nescio("model", "check", model);
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).contains("model.norm.weight has 1 values that are not finite");
  }

  @Test
  void checkRefusesAFamilyByName() throws IOException {
    Path model = ByteModel.oneLayer().write(directory.resolve("tiny"));
    edit(model, config -> config.put("model_type", "gemma"));
    Ran ran = Ran.nescio("model", "check", model, "--format", "json");
    assertThat(ran.code()).isEqualTo(1);
    JsonNode json = JSON.readTree(ran.out());
    assertThat(json.get("passed").booleanValue()).isFalse();
    assertThat(json.get("findings").get(0).get("text").asText())
        .contains("model_type is 'gemma'; supported are [llama, qwen2, mistral]");
  }

  @Test
  void checkSaysWhyADeviceOrDataTypeCannotBeUsed() throws IOException {
    Path model = ByteModel.oneLayer().write(directory.resolve("tiny"));
    Ran type = Ran.nescio("model", "check", model, "--dtype", "bfloat16");
    assertThat(type.code()).isEqualTo(1);
    assertThat(type.out()).containsPattern("fail +forward +data type BFLOAT16 was asked for on the CPU");
    Ran device = Ran.nescio("model", "check", model, "--device", "cuda:99");
    assertThat(device.code()).isEqualTo(1);
    assertThat(device.out()).containsPattern("fail +forward +device cuda:99 was asked for");
    assertThat(Ran.nescio("model", "check", model, "--device", "tpu").code()).isEqualTo(2);
  }

  @Test
  void infoSaysWhatAModelIs() throws IOException {
    Path model = ByteModel.oneLayer().write(directory.resolve("tiny"));
    edit(model, config -> config.putObject("rope_scaling").put("rope_type", "llama3").put("factor", 8.0)
        .put("low_freq_factor", 1.0).put("high_freq_factor", 4.0).put("original_max_position_embeddings", 256));
    Ran ran = Ran.nescio("model", "info", "--model", model);
    assertThat(ran.code()).isZero();
    assertThat(ran.out())
        .containsPattern("family +llama \\(LlamaForCausalLM\\)")
        .containsPattern("rope +theta 10000.0, scaled as Llama 3 by 8.0 from 256 tokens")
        .containsPattern("bias +none")
        .containsPattern("head +tied to the embedding")
        .containsPattern("weights +11 tensors in 1 file, F32")
        .containsPattern("adapters +LoRA as PEFT saves it, on q_proj");
    Ran adapter = Ran.nescio("model", "info", "--model", model, "--adapter", directory);
    assertThat(adapter.code()).isEqualTo(1);
    assertThat(adapter.err()).contains("adapter_config.json is missing");
  }

  private static void edit(Path model, Consumer<ObjectNode> change) throws IOException {
    Path file = model.resolve("config.json");
    ObjectNode config = (ObjectNode) JSON.readTree(Files.readAllBytes(file));
    change.accept(config);
    Files.write(file, JSON.writeValueAsBytes(config));
  }
}
