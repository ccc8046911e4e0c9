package dev.nescio.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.model.Golden;
import dev.nescio.model.RealModel;
import dev.nescio.model.TinyGguf;
import dev.nescio.model.files.ModelFormatException;
import dev.nescio.model.files.SafetensorsReader;
import dev.nescio.model.hub.LocalModel;
import dev.nescio.model.llama.Family;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.SlidingWindow;
import dev.nescio.model.tokenizer.ModelTokenizer;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufImportTest {

  private static final int DIM = 4;

  @TempDir
  Path directory;

  @Test
  void importsAModelWhole() throws IOException {
    Path gguf = TinyGguf.write(directory.resolve("a.gguf"));
    Path model = directory.resolve("model");
    GgufImport.importTo(gguf, model);
    assertThat(LlamaConfig.read(model)).isEqualTo(TinyGguf.CONFIG);
    try (SafetensorsReader reader = new SafetensorsReader(model.resolve("model.safetensors"))) {
      assertThat(reader.floats("model.norm.weight", 8)).containsOnly(1f);
      float[] q = reader.floats("model.layers.0.self_attn.q_proj.weight", 8, 8);
      // The file numbers its rows 0 to 7; two heads of four rows are put back from 0 1 2 3 to 0 2 1 3.
      assertThat(new float[] {q[0], q[8], q[16], q[24], q[32], q[40], q[48], q[56]})
          .containsExactly(0, 2, 1, 3, 4, 6, 5, 7);
    }
    try (ModelTokenizer tokenizer = ModelTokenizer.open(model, Optional.empty(), 1)) {
      assertThat(tokenizer.encode("ab1")).containsExactly(4, 5);
      assertThat(tokenizer.encode("<end>")).doesNotContain(1);
    }
    assertThatThrownBy(() -> GgufImport.importTo(gguf, model)).isInstanceOf(FileAlreadyExistsException.class);
    assertThat(new LocalModel(gguf).resolve(directory.resolve("cache")).resolve("model.safetensors")).exists();
  }

  @Test
  void putsPermutedRowsBack() {
    // llama.cpp writes reshape(heads, 2, dim / 2, in).swapaxes(1, 2): row i dim/2 + j goes to 2 j + i.
    int heads = 2;
    float[] original = new float[heads * DIM * 3];
    for (int i = 0; i < original.length; i++) original[i] = i;
    ByteBuffer permuted = ByteBuffer.allocate(original.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    FloatBuffer floats = permuted.asFloatBuffer();
    for (int h = 0; h < heads; h++) {
      for (int j = 0; j < DIM / 2; j++) {
        for (int i = 0; i < 2; i++) floats.put(original, (h * DIM + i * DIM / 2 + j) * 3, 3);
      }
    }
    FloatBuffer restored = GgufImport.restored(permuted, heads * DIM, 3, heads).asFloatBuffer();
    float[] actual = new float[original.length];
    restored.get(actual);
    assertThat(actual).containsExactly(original);
  }

  @Test
  void refusesDamageAndLeavesNothing() throws IOException {
    byte[] sound = Files.readAllBytes(TinyGguf.write(directory.resolve("a.gguf")));
    Path file = directory.resolve("b.gguf");
    Path model = directory.resolve("model");
    for (int length = 0; length < sound.length; length += 37) {
      Files.write(file, Arrays.copyOf(sound, length));
      assertThatThrownBy(() -> GgufImport.importTo(file, model)).as("cut at " + length)
          .isInstanceOf(ModelFormatException.class).hasMessageContaining("b.gguf");
    }
    byte[] many = sound.clone();
    ByteBuffer.wrap(many).order(ByteOrder.LITTLE_ENDIAN).putLong(8, Long.MAX_VALUE / 2);
    Files.write(file, many);
    assertThatThrownBy(() -> GgufImport.importTo(file, model)).hasMessageContaining("announces");
    byte[] version = sound.clone();
    version[4] = 1;
    Files.write(file, version);
    assertThatThrownBy(() -> GgufImport.importTo(file, model)).hasMessageContaining("GGUF version 1");
    assertThat(model).doesNotExist();
    try (var list = Files.list(directory)) {
      assertThat(list.map(p -> p.getFileName().toString())).containsExactlyInAnyOrder("a.gguf", "b.gguf");
    }
  }

  @Test
  void refusesWhatItCannotImport() throws IOException {
    Path other = TinyGguf.write(directory.resolve("a.gguf"), "mamba", "smollm", 0);
    assertThatThrownBy(() -> GgufImport.importTo(other, directory.resolve("m"))).hasMessageContaining("is a 'mamba'");
    Path tokens = TinyGguf.write(directory.resolve("b.gguf"), "llama", "tekken", 0);
    assertThatThrownBy(() -> GgufImport.importTo(tokens, directory.resolve("m"))).hasMessageContaining("'tekken'");
    Path type = TinyGguf.write(directory.resolve("c.gguf"), "llama", "smollm", 10);
    assertThatThrownBy(() -> GgufImport.importTo(type, directory.resolve("m")))
        .hasMessageContaining("ggml type 10").hasMessageContaining("Q4_1");
  }

  @Test
  void aWindowMakesALlamaAMistralAndEndsTheContextOfAQwen2() throws IOException {
    LlamaConfig mistral = config(TinyGguf.write(directory.resolve("a.gguf"), "llama", 16));
    assertThat(mistral.family()).isEqualTo(Family.MISTRAL);
    assertThat(mistral.slidingWindow()).contains(SlidingWindow.ofLayers(16, 0, 1));
    assertThat(mistral.contextTokens()).isEqualTo(64);
    assertThat(config(TinyGguf.write(directory.resolve("b.gguf"), "llama", 0))).isEqualTo(TinyGguf.CONFIG);
    // It does not say which layers have it.
    LlamaConfig qwen2 = config(TinyGguf.write(directory.resolve("c.gguf"), "qwen2", 16));
    assertThat(qwen2.slidingWindow()).isEmpty();
    assertThat(qwen2.contextTokens()).isEqualTo(16);
  }

  private static LlamaConfig config(Path file) throws IOException {
    try (GgufReader gguf = new GgufReader(file)) {
      return GgufConfig.of(gguf).config();
    }
  }

  /** The files are written by llama.cpp's own package from models of {@code families}; see gguf_files.py. */
  @ParameterizedTest
  @ValueSource(strings = {"llama3", "qwen2", "mistral"})
  void importsWhatLlamaCppWritesBitByBit(String name) throws IOException {
    Path original = Golden.path("families/" + name);
    Path model = directory.resolve("model");
    GgufImport.importTo(Golden.path("gguf/" + name + ".gguf"), model);
    LlamaConfig config = LlamaConfig.read(model);
    assertThat(config).isEqualTo(LlamaConfig.read(original));
    try (SafetensorsReader expected = new SafetensorsReader(original.resolve("model.safetensors"));
        SafetensorsReader actual = new SafetensorsReader(model.resolve("model.safetensors"))) {
      assertThat(actual.names()).containsExactlyInAnyOrderElementsOf(expected.names());
      for (String tensor : expected.names()) {
        long[] shape = expected.entry(tensor).shape().getShape();
        assertThat(actual.floats(tensor, shape)).as(tensor).isEqualTo(expected.floats(tensor, shape));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama3", "qwen2", "mistral"})
  void importedTokenizersEncodeAsTheReference(String name) throws IOException {
    Path model = directory.resolve("model");
    GgufImport.importTo(Golden.path("gguf/" + name + ".gguf"), model);
    try (ModelTokenizer tokenizer = ModelTokenizer.open(model, Optional.empty(), 2)) {
      boolean starts = !name.equals("qwen2"); // add_bos_token
      for (JsonNode text : Golden.json("gguf/" + name + "-tokens.json")) {
        int[] ids = tokenizer.encode(text.get("text").asText());
        int[] plain = starts ? Arrays.copyOfRange(ids, 1, ids.length) : ids;
        assertThat(plain).as(text.get("text").asText()).isEqualTo(Golden.ints(text.get("ids")));
        if (starts) assertThat(ids[0]).isEqualTo(1);
        String expected = Normalizer.normalize(text.get("text").asText(), Normalizer.Form.NFC);
        String actual = Normalizer.normalize(tokenizer.decode(plain), Normalizer.Form.NFC);
        assertThat(actual).isEqualTo(expected);
      }
      assertThat(tokenizer.encodeWithSpecials(name.equals("mistral") ? "</s>" : "<|end|>")).containsExactly(2);
      // After a prompt an answer is encoded as it is inside a text.
      int[] prompt = tokenizer.encode("Answer:");
      int[] all = tokenizer.encode("Answer: Lima");
      int[] target = tokenizer.encodeTarget("Lima", false);
      assertThat(target).startsWith(Arrays.copyOfRange(all, prompt.length, all.length)).endsWith(2)
          .hasSize(all.length - prompt.length + 1);
      int[] words = tokenizer.encode("I don't know");
      assertThat(tokenizer.idkWords()).isEqualTo(Arrays.copyOfRange(words, starts ? 1 : 0, words.length));
    }
  }

  @Test
  void theRealImportWritesFloat32() throws IOException {
    try (SafetensorsReader reader = new SafetensorsReader(RealModel.directory().resolve("model.safetensors"))) {
      assertThat(reader.names()).hasSize(272);
      assertThat(reader.bytes("model.norm.weight").get(ValueLayout.JAVA_FLOAT_UNALIGNED, 0)).isNotZero();
    }
  }
}
