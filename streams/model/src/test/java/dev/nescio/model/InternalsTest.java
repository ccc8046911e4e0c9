package dev.nescio.model;

import static dev.nescio.model.local.LocalLanguageModelContract.greedy;
import static dev.nescio.model.local.LocalLanguageModelContract.sampled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.Internals;
import dev.nescio.model.cpu.KernelLanguageModel;
import dev.nescio.model.engine.TorchLanguageModel;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes on inside, by the kernels and by the engine: two computations that have nothing in common. */
class InternalsTest {

  private static final String TEXT = "The quick brown fox jumps over the lazy dog.";
  private static final float CLOSE = 2e-4f;

  @TempDir private Path directory;

  @Test
  void kernelsAndEngineSeeTheSame() throws IOException {
    LocalModelConfig config = LocalModelConfig.of(TinyModel.write(directory));
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      String prompt = TEXT.substring(0, 1 + 7 * i);
      requests.add((i % 2 == 0 ? greedy(prompt, 3 + i) : sampled(prompt, 3, i)).withInternals(i != 4));
    }
    try (LocalLanguageModel kernels = KernelLanguageModel.open(config);
        LocalLanguageModel engine = TorchLanguageModel.open(config.withKernels(false))) {
      assertThat(engine.evidence()).contains(EvidenceKind.INTERNALS).isEqualTo(kernels.evidence());
      List<Generation> expected = kernels.generate(requests);
      List<Generation> actual = engine.generate(requests);
      int compared = 0;
      for (int i = 0; i < requests.size(); i++) {
        for (int s = 0; s < expected.get(i).sequences().size(); s++) {
          compared += compare(actual.get(i).sequences().get(s), expected.get(i).sequences().get(s), i != 4);
        }
      }
      assertThat(compared).as("sequences with the same tokens").isGreaterThan(8);
    }
  }

  @Test
  void ofASequenceThatSaysNothingThePromptsEndIsShown() throws IOException {
    LocalModelConfig config = LocalModelConfig.of(TinyModel.write(directory));
    try (LocalLanguageModel kernels = KernelLanguageModel.open(config);
        LocalLanguageModel engine = TorchLanguageModel.open(config.withKernels(false))) {
      String first = kernels.generate(List.of(greedy(TEXT, 1))).getFirst().first().tokens().getFirst().text();
      GenerationRequest silent = greedy(TEXT, 4).withStop(List.of(first)).withInternals(true);
      Sequence expected = kernels.generate(List.of(silent)).getFirst().first();
      assertThat(expected.tokens()).isEmpty();
      assertThat(expected.internals().orElseThrow().attentionToPrevious()).isEmpty();
      compare(engine.generate(List.of(silent)).getFirst().first(), expected, true);
    }
  }

  /** Returns 1 if the two wrote the same, which samples of two computations need not. */
  private static int compare(Sequence actual, Sequence expected, boolean shown) {
    assertThat(actual.internals()).as("shown if asked for").matches(inside -> inside.isPresent() == shown);
    if (!shown || !ids(actual).equals(ids(expected))) return 0;
    Internals here = actual.internals().orElseThrow();
    Internals there = expected.internals().orElseThrow();
    assertClose(here.hiddenStates(), there.hiddenStates());
    assertClose(here.attentionToPrevious(), there.attentionToPrevious());
    return 1;
  }

  private static void assertClose(float[][] actual, float[][] expected) {
    assertThat(actual).hasDimensions(expected.length, expected.length == 0 ? 0 : expected[0].length);
    for (int i = 0; i < actual.length; i++) {
      for (int j = 0; j < actual[i].length; j++) assertThat(actual[i][j]).isCloseTo(expected[i][j], within(CLOSE));
    }
  }

  private static List<Integer> ids(Sequence sequence) {
    return sequence.tokens().stream().map(Token::id).toList();
  }
}
