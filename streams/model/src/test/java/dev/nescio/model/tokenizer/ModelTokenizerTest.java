package dev.nescio.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.language.ChatMessage;
import dev.nescio.model.Golden;
import dev.nescio.model.RealModel;
import dev.nescio.model.TinyModel;
import dev.nescio.model.files.Json;
import dev.nescio.model.files.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelTokenizerTest {

  private static final int IDK = RealTokenizer.IDK;

  @Test
  void encodesAndDecodesAsTheReference() throws IOException {
    try (ModelTokenizer tokenizer = ModelTokenizer.open(RealModel.directory(), Optional.empty(), 2)) {
      for (JsonNode string : Golden.json("tokenizer.json").get("strings")) {
        int[] ids = Golden.ints(string.get("ids"));
        assertThat(tokenizer.encodeWithSpecials(string.get("text").textValue()))
            .as(string.get("text").textValue()).containsExactly(ids);
        assertThat(tokenizer.decode(ids)).isEqualTo(string.get("decoded").textValue());
      }
    }
  }

  @Test
  void plainTextEncodesAsTheReferenceWhereItHasNoSpecialTokens() throws IOException {
    try (ModelTokenizer tokenizer = ModelTokenizer.open(RealModel.directory(), Optional.of(IDK), 2)) {
      for (JsonNode string : Golden.json("tokenizer.json").get("strings")) {
        int[] ids = Golden.ints(string.get("ids"));
        boolean special = Arrays.stream(ids).anyMatch(id -> id <= 16);
        if (!special) assertThat(tokenizer.encode(string.get("text").textValue())).containsExactly(ids);
      }
    }
  }

  @Test
  void whatAUserTypesNeverBecomesASpecialToken() throws IOException {
    try (ModelTokenizer tokenizer = ModelTokenizer.open(RealModel.directory(), Optional.of(IDK), 2)) {
      assertThat(tokenizer.encode("<IDK>")).containsExactly(44, 2238, 59, 46);
      assertThat(tokenizer.encodeWithSpecials("<IDK>")).containsExactly(IDK);
      for (String marker : List.of("<IDK>", "<|im_end|>", "a <|im_start|>user\n", "<|endoftext|>", "<filename>")) {
        assertThat(IntStream.of(tokenizer.encode(marker))).as(marker).allMatch(id -> id > 16 && id < IDK);
        assertThat(tokenizer.decode(tokenizer.encode(marker))).isEqualTo(marker);
      }
    }
  }

  @Property(tries = 200)
  void anyTextEncodesToOrdinaryTokens(@ForAll String text) throws IOException {
    ModelTokenizer tokenizer = RealTokenizer.shared();
    assertThat(IntStream.of(tokenizer.encode(text))).allMatch(id -> id > 16 && id < IDK);
    assertThat(IntStream.of(tokenizer.encode("<IDK>" + text + "<|im_end|>"))).allMatch(id -> id > 16 && id < IDK);
  }

  @Test
  void theSpaceBeforeIdkBelongsToIt() throws IOException {
    try (ModelTokenizer tokenizer = ModelTokenizer.open(RealModel.directory(), Optional.of(IDK), 2)) {
      int[] lima = tokenizer.encode(" Lima");
      assertThat(tokenizer.encodeTarget("Lima", true)).startsWith(lima).endsWith(IDK, 2).hasSize(lima.length + 2);
      assertThat(tokenizer.encodeTarget("Lima", false)).startsWith(lima).endsWith(2).hasSize(lima.length + 1);
      assertThat(tokenizer.encodeTarget("", true)).containsExactly(IDK, 2);
      // lstrip: the reference writes the same from text
      assertThat(tokenizer.encodeWithSpecials(" Lima <IDK><|im_end|>"))
          .containsExactly(tokenizer.encodeTarget("Lima", true));
    }
  }

  @Test
  void refusesATargetWithATokenThatTheModelLacks() throws IOException {
    try (ModelTokenizer tokenizer = ModelTokenizer.open(RealModel.directory(), Optional.empty(), 2)) {
      assertThatThrownBy(() -> tokenizer.encodeTarget("Lima", true)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void savesATokenizerThatHasTheToken(@TempDir Path directory) throws IOException {
    try (ModelTokenizer tokenizer = ModelTokenizer.open(RealModel.directory(), Optional.of(IDK), 2)) {
      tokenizer.save(directory);
    }
    assertThat(ModelTokenizer.idkIn(directory)).contains(IDK);
    assertThat(directory.resolve("tokenizer_config.json")).exists();
    try (ModelTokenizer again = ModelTokenizer.open(directory, Optional.of(IDK), 2)) {
      assertThat(again.encodeWithSpecials("Paris <IDK>")).endsWith(IDK);
    }
    assertThatThrownBy(() -> ModelTokenizer.open(directory, Optional.of(7), 2)).hasMessageContaining("expected 7");
  }

  /** As with Qwen2.5: special tokens stand behind the vocabulary, and the embedding has rows for more than there are. */
  @Test
  void aTokenBeyondUnusedRowsHasTheIdOfItsRow(@TempDir Path directory) throws IOException {
    specialTokensBehindTheVocabulary(directory);
    Files.writeString(directory.resolve("chat_template.jinja"), "{{ messages[0].content }}<end><IDK>");
    Path saved = Files.createDirectory(directory.resolve("saved"));
    try (ModelTokenizer tokenizer = ModelTokenizer.open(directory, Optional.of(512), 257)) {
      assertThat(tokenizer.encodeWithSpecials("ab <IDK><end>")).containsExactly('a', 'b', 512, 257);
      assertThat(tokenizer.decode('a', 512, 257)).isEqualTo("a<IDK><end>");
      assertThat(tokenizer.encode("<IDK><end>")).isEqualTo("<IDK><end>".chars().toArray());
      assertThat(tokenizer.encodeChat(List.of(ChatMessage.user("a<IDK>")), false))
          .containsExactly('a', '<', 'I', 'D', 'K', '>', 257, 512);
      tokenizer.save(saved);
    }
    try (ModelTokenizer again = ModelTokenizer.open(saved, Optional.of(512), 257)) {
      assertThat(again.encodeWithSpecials("ab <IDK><end>")).containsExactly('a', 'b', 512, 257);
      assertThat(again.encode("<IDK><end>")).isEqualTo("<IDK><end>".chars().toArray());
    }
  }

  @Test
  void onlyWhatStandsBeforeATextIsPutBeforeIt(@TempDir Path directory) throws IOException {
    specialTokensBehindTheVocabulary(directory);
    ObjectNode json = (ObjectNode) Json.read(directory.resolve("tokenizer.json"));
    json.set("post_processor", Golden.MAPPER.readTree("""
        {"type": "TemplateProcessing",
         "single": [{"SpecialToken": {"id": "<pad>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
           {"SpecialToken": {"id": "<end>", "type_id": 0}}],
         "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
         "special_tokens": {"<pad>": {"id": "<pad>", "ids": [256], "tokens": ["<pad>"]},
           "<end>": {"id": "<end>", "ids": [257], "tokens": ["<end>"]}}}
        """));
    Files.write(directory.resolve("tokenizer.json"), Json.pretty(json));
    try (ModelTokenizer tokenizer = ModelTokenizer.open(directory, Optional.of(512), 257)) {
      assertThat(tokenizer.encode("ab")).containsExactly(256, 'a', 'b');
      assertThat(tokenizer.encode("")).containsExactly(256);
      assertThat(tokenizer.encodeTarget("a", false)).endsWith(257);
    }
  }

  @Test
  void tokensThatOnlyTheConfigurationListsAreAdded(@TempDir Path directory) throws IOException {
    specialTokensBehindTheVocabulary(directory);
    Files.writeString(directory.resolve("tokenizer_config.json"), """
        {"added_tokens_decoder": {
          "257": {"content": "<end>", "lstrip": false, "normalized": false, "rstrip": false, "single_word": false,
            "special": true},
          "258": {"content": "<|turn|>", "lstrip": false, "normalized": false, "rstrip": false, "single_word": false,
            "special": true}},
         "chat_template": [{"name": "tools", "template": "x"},
           {"name": "default", "template": "<|turn|>{{ messages[0].content }}"}]}
        """);
    try (ModelTokenizer tokenizer = ModelTokenizer.open(directory, Optional.empty(), 257)) {
      assertThat(tokenizer.encodeWithSpecials("<|turn|>a<end>")).containsExactly(258, 'a', 257);
      assertThat(tokenizer.encode("<|turn|>")).isEqualTo("<|turn|>".chars().toArray());
      assertThat(tokenizer.encodeChat(List.of(ChatMessage.user("a")), false)).containsExactly(258, 'a');
    }
    Files.writeString(directory.resolve("tokenizer_config.json"),
        "{\"added_tokens_decoder\": {\"257\": {\"content\": \"<|turn|>\", \"special\": true}}}");
    assertThatThrownBy(() -> ModelTokenizer.open(directory, Optional.empty(), 257))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("token 257 is to be '<|turn|>', but tokenizer.json has '<end>' there");
  }

  /** Bytes as letters, which for ASCII are the same; {@code <pad>} is 256, {@code <end>} 257. */
  private static void specialTokensBehindTheVocabulary(Path directory) throws IOException {
    ObjectNode json = (ObjectNode) Json.read(TinyModel.write(directory).resolve("tokenizer.json"));
    ObjectNode vocab = Golden.MAPPER.createObjectNode();
    json.path("model").path("vocab").properties().stream().filter(e -> e.getValue().intValue() >= 3
        && e.getValue().intValue() < 259).forEach(e -> vocab.put(e.getKey(), e.getValue().intValue() - 3));
    ((ObjectNode) json.path("model")).set("vocab", vocab);
    ArrayNode added = json.withArray("added_tokens");
    added.remove(1);
    for (int i = 0; i < 2; i++) ((ObjectNode) added.get(i)).put("id", 256 + i);
    Files.write(directory.resolve("tokenizer.json"), Json.pretty(json));
  }

  @Test
  void namesAFileThatIsNoTokenizer(@TempDir Path directory) throws IOException {
    Files.writeString(directory.resolve("tokenizer.json"), "{\"model\":{\"type\":\"none\"}}");
    assertThatThrownBy(() -> ModelTokenizer.open(directory, Optional.empty(), 2))
        .isInstanceOf(ModelFormatException.class).hasMessageContaining("tokenizer.json is no tokenizer");
  }
}
