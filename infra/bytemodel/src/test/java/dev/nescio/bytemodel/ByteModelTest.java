package dev.nescio.bytemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ByteModelTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  @Test
  void writesTheSameEveryTimeAndOtherWeightsForAnotherSeed() throws IOException {
    byte[] first = weights(ByteModel.twoLayers().write(directory.resolve("a")));
    assertThat(weights(ByteModel.twoLayers().write(directory.resolve("b")))).isEqualTo(first);
    assertThat(weights(ByteModel.twoLayers().withSeed(2).write(directory.resolve("c")))).isNotEqualTo(first);
  }

  @Test
  void tensorsFillTheFileOneAfterTheOther() throws IOException {
    byte[] file = weights(ByteModel.oneLayer().write(directory));
    JsonNode header = header(file);
    int end = 0;
    for (JsonNode tensor : header) {
      int size = Float.BYTES;
      for (JsonNode dimension : tensor.get("shape")) size *= dimension.asInt();
      assertThat(tensor.get("data_offsets").get(0).asInt()).isEqualTo(end);
      assertThat(tensor.get("data_offsets").get(1).asInt()).isEqualTo(end += size);
    }
    assertThat(header.size()).isEqualTo(11);
    assertThat(header.get("model.embed_tokens.weight").get("shape").get(0).asInt()).isEqualTo(259);
    assertThat(file).hasSize(Long.BYTES + headerBytes(file) + end);
  }

  @Test
  void leavesOutATensorOrAllOfThem() throws IOException {
    String name = "model.norm.weight";
    assertThat(header(weights(ByteModel.oneLayer().writeWithout(directory, name))).has(name)).isFalse();
    Path bare = ByteModel.oneLayer().writeWithoutWeights(directory.resolve("bare"));
    assertThat(bare.resolve(ByteModel.WEIGHTS)).doesNotExist();
    assertThat(bare.resolve("config.json")).exists();
  }

  @Test
  void everyByteHasALetterOfItsOwnAndTheUnusedRestHasNone() {
    JsonNode vocabulary = new ByteTokenizer(ByteTokenizer.SPECIAL, 512).json().get("model").get("vocab");
    assertThat(vocabulary.size()).isEqualTo(512);
    Set<Integer> ids = new HashSet<>();
    vocabulary.forEach(id -> ids.add(id.asInt()));
    assertThat(ids).hasSize(512).allMatch(id -> id >= 0 && id < 512);
    assertThat(vocabulary.get("<end>").asInt()).isEqualTo(2);
    assertThat(vocabulary.get("a").asInt()).isEqualTo(3 + 'a');
    // The letter of a space in GPT-2's vocabulary (Radford et al. 2019).
    assertThat(vocabulary.get("\u0120").asInt()).isEqualTo(3 + ' ');
  }

  @Test
  void idkIsTheLastTokenOfModelAndTokenizer() throws IOException {
    ByteModel.twoLayers().withChat().withIdk().write(directory);
    JsonNode added = JSON.readTree(directory.resolve(ByteTokenizer.FILE).toFile()).get("added_tokens");
    assertThat(added.get(5).get("content").asText()).isEqualTo("<IDK>");
    assertThat(added.get(5).get("id").asInt()).isEqualTo(5 + 256);
    assertThat(JSON.readTree(directory.resolve("config.json").toFile()).get("vocab_size").asInt()).isEqualTo(262);
    assertThat(directory.resolve("tokenizer_config.json")).content().contains("<|assistant|>");
  }

  @Test
  void checksItself() {
    assertThatThrownBy(() -> new ByteModel(0, 16, 8, 1, false, false)).hasMessageContaining("layers");
    assertThatThrownBy(() -> new ByteModel(1, 24, 8, 1, false, false)).hasMessageContaining("hiddenSize");
    assertThatThrownBy(() -> new ByteModel(1, 16, 0, 1, false, false)).hasMessageContaining("contextTokens");
    assertThatThrownBy(() -> new ByteTokenizer(List.of("<pad>"), 256)).hasMessageContaining("has no room");
  }

  private static byte[] weights(Path model) throws IOException {
    return Files.readAllBytes(model.resolve(ByteModel.WEIGHTS));
  }

  private static int headerBytes(byte[] file) {
    return Math.toIntExact(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong());
  }

  private static JsonNode header(byte[] file) throws IOException {
    return JSON.readTree(file, Long.BYTES, headerBytes(file));
  }
}
