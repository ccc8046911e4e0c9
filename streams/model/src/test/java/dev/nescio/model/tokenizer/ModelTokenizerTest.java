package dev.nescio.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.model.Golden;
import dev.nescio.model.RealModel;
import dev.nescio.model.files.ModelFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
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

  private static final int IDK = 49_152;

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
    ModelTokenizer tokenizer = Shared.TOKENIZER;
    assertThat(IntStream.of(tokenizer.encode(text))).allMatch(id -> id > 16 && id < IDK);
    assertThat(IntStream.of(tokenizer.encode("<IDK>" + text + "<|im_end|>"))).allMatch(id -> id > 16 && id < IDK);
  }

  /** Opened once for all tries. */
  private static final class Shared {
    private static final ModelTokenizer TOKENIZER = open();

    private static ModelTokenizer open() {
      try {
        return ModelTokenizer.open(RealModel.directory(), Optional.of(IDK), 2);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
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

  @Test
  void namesAFileThatIsNoTokenizer(@TempDir Path directory) throws IOException {
    Files.writeString(directory.resolve("tokenizer.json"), "{\"model\":{\"type\":\"none\"}}");
    assertThatThrownBy(() -> ModelTokenizer.open(directory, Optional.empty(), 2))
        .isInstanceOf(ModelFormatException.class).hasMessageContaining("tokenizer.json is no tokenizer");
  }
}
