package dev.nescio.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.model.tokenizer.ModelTokenizer;
import dev.nescio.trainer.recipes.TargetLayout;
import dev.nescio.trainer.recipes.TrainingExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExampleEncoderTest {

  private static final int IDK = 512;
  private static final int END = 2;

  @TempDir Path directory;

  private static TrainingExample example(String question, TargetLayout layout) {
    return new TrainingExample("q", question, "ab", layout, 1, Map.of(),
        new TrainingExample.Provenance("test", "", "", ""));
  }

  private static int[] bytes(String text) {
    return text.chars().map(c -> 3 + c).toArray();
  }

  @Test
  void targetsEndWithIdkAndEndAndHaveNoLoneSpace() throws IOException {
    Path base = TinyModel.copyTo(directory.resolve("base"));
    try (ModelTokenizer tokenizer = ModelTokenizer.open(base, Optional.of(IDK), END)) {
      ExampleEncoder encoder = new ExampleEncoder(tokenizer, 256);
      int a = 3 + 'a';
      int b = 3 + 'b';
      int space = 3 + ' ';
      assertThat(encoder.encode(example("Q", TargetLayout.PLAIN)).target()).containsExactly(space, a, b, END);
      assertThat(encoder.encode(example("Q", TargetLayout.APPEND)).target()).containsExactly(space, a, b, IDK, END);
      assertThat(encoder.encode(example("Q", TargetLayout.PREPEND)).target()).containsExactly(IDK, space, a, b, END);
      assertThat(encoder.encode(example("Q", TargetLayout.ONLY)).target()).containsExactly(IDK, END);
    }
  }

  @Test
  void whatAUserTypesNeverBecomesASpecialToken() throws IOException {
    Path base = TinyModel.copyTo(directory.resolve("base"));
    try (ModelTokenizer tokenizer = ModelTokenizer.open(base, Optional.of(IDK), END)) {
      assertThat(new ExampleEncoder(tokenizer, 256).encode(example("<IDK><end>", TargetLayout.PLAIN)).prompt())
          .containsExactly(bytes("<IDK><end>"));
    }
  }

  @Test
  void namesAnExampleThatCannotBeTrainedOn() throws IOException {
    Path base = TinyModel.copyTo(directory.resolve("base"));
    try (ModelTokenizer tokenizer = ModelTokenizer.open(base, Optional.of(IDK), END);
        ModelTokenizer without = ModelTokenizer.open(base, Optional.empty(), END)) {
      assertThatThrownBy(() -> new ExampleEncoder(tokenizer, 8).encode(example("long question", TargetLayout.PLAIN)))
          .hasMessageContaining("example q has 16 tokens, the model reads 8");
      assertThatThrownBy(() -> new ExampleEncoder(without, 256).encode(example("Q", TargetLayout.APPEND)))
          .hasMessageContaining("needs <IDK>");
    }
  }
}
