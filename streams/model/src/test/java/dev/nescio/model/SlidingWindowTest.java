package dev.nescio.model;

import static dev.nescio.model.local.LocalLanguageModelContract.greedy;
import static dev.nescio.model.local.LocalLanguageModelContract.sampled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.PromptTooLongException;
import dev.nescio.model.cpu.KernelLanguageModel;
import dev.nescio.model.engine.TorchLanguageModel;
import dev.nescio.model.files.Json;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalLanguageModelContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tiny model with a window in one layer or in both, for texts that are many times as long. */
class SlidingWindowTest {

  private static final String LONG = "The quick brown fox jumps over the lazy dog. ".repeat(4); // 180 tokens
  private static final int WINDOW = 40;

  @TempDir
  Path directory;

  @Test
  void theSameBitsInAnyCompanyAndAfterAnyPrefix() throws IOException {
    List<GenerationRequest> requests = requests();
    try (LocalLanguageModel model = kernels(windowed(WINDOW, 0, 1))) {
      List<Generation> together = model.generate(requests);
      for (int i = 0; i < requests.size(); i++) {
        Generation alone = model.generate(List.of(requests.get(i))).getFirst();
        assertThat(alone.sequences()).isEqualTo(together.get(i).sequences());
        int blocks = (alone.promptTokens() - 1) / 32; // known from the first call, most of it outside the window
        assertThat(alone.cachedPromptTokens()).isEqualTo(32 * blocks);
      }
    }
  }

  @Test
  void theEngineSharesAPrefixThatIsLongerThanTheWindow() throws IOException {
    List<GenerationRequest> requests = requests();
    try (LocalLanguageModel model = engine(windowed(WINDOW, 0, 1))) {
      List<Generation> together = model.generate(requests);
      List<GenerationRequest> hinted = requests.stream()
          .map(r -> r.prompt().startsWith(LONG) ? r.withSharedPrefix(LONG) : r).toList();
      List<Generation> shared = model.generate(hinted);
      List<Integer> cached = new ArrayList<>();
      for (int i = 0; i < requests.size(); i++) {
        assertClose(model.generate(List.of(requests.get(i))).getFirst(), together.get(i));
        assertClose(shared.get(i), together.get(i));
        if (requests.get(i).prompt().startsWith(LONG)) cached.add(shared.get(i).cachedPromptTokens());
      }
      // The first computes it for those that come with it.
      assertThat(cached).hasSizeGreaterThan(1);
      assertThat(cached.subList(1, cached.size())).allMatch(tokens -> tokens > WINDOW);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 32, 33, 64})
  void kernelsAndEngineAgreeWhereverTheWindowEnds(int window) throws IOException {
    Path place = windowed(window, 1);
    try (LocalLanguageModel kernels = kernels(place); LocalLanguageModel engine = engine(place)) {
      List<Generation> actual = kernels.generate(requests());
      List<Generation> expected = engine.generate(requests());
      for (int i = 0; i < actual.size(); i++) assertClose(actual.get(i), expected.get(i));
      // Longer than a run of the kernels and, in generate, than a call of the engine.
      ContinuationRequest text = new ContinuationRequest(LONG.repeat(4), "cats and dogs", Optional.empty());
      assertThat(kernels.score(List.of(text)).getFirst().sequenceLogProb())
          .isCloseTo(engine.score(List.of(text)).getFirst().sequenceLogProb(), within(1e-3));
      GenerationRequest longer = greedy(LONG.repeat(4), 3);
      assertClose(kernels.generate(List.of(longer)).getFirst(), engine.generate(List.of(longer)).getFirst());
    }
  }

  @Test
  void aWindowThatHoldsTheWholeTextChangesNoBitAndAShorterOneDoes() throws IOException {
    List<GenerationRequest> requests = requests();
    List<Generation> full;
    try (LocalLanguageModel model = kernels(tiny("full"))) {
      full = model.generate(requests);
    }
    try (LocalLanguageModel model = kernels(windowed(LONG.length() + 20, 0, 1))) {
      List<Generation> wide = model.generate(requests);
      for (int i = 0; i < full.size(); i++) assertThat(wide.get(i).sequences()).isEqualTo(full.get(i).sequences());
    }
    try (LocalLanguageModel model = kernels(windowed(WINDOW, 1))) {
      double narrow = model.generate(requests).getFirst().first().tokens().getFirst().logProb();
      assertThat(narrow).isNotCloseTo(full.getFirst().first().tokens().getFirst().logProb(), within(1e-3));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTokenThatSeesOnlyItselfPaysNoAttentionToThePreviousOne(boolean kernels) throws IOException {
    Path place = windowed(1, 1);
    try (LocalLanguageModel model = kernels ? kernels(place) : engine(place)) {
      for (float[] row : model.generate(List.of(greedy(LONG, 40).withIgnoreEnd(true).withInternals(true))).getFirst()
          .first().internals().orElseThrow().attentionToPrevious()) {
        assertThat(row).hasSize(8).endsWith(0f, 0f, 0f, 0f);
        assertThat(row[0] + row[1] + row[2] + row[3]).isPositive();
      }
    }
  }

  @Test
  void theSummaryNamesTheWindow() throws IOException {
    assertThat(ModelSummary.of(windowed(40, 0, 1))).containsEntry("window", "40 tokens, in all layers");
    assertThat(ModelSummary.of(windowed(41, 1))).containsEntry("window", "41 tokens, in the layers [1]");
    assertThat(ModelSummary.of(tiny("full"))).doesNotContainKey("window");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theContextEndsWithThePositionsAndNotWithTheWindow(boolean kernels) throws IOException {
    Path place = windowed(WINDOW, 0, 1);
    try (LocalLanguageModel model = kernels ? kernels(place) : engine(place)) {
      assertThat(model.identity().contextTokens()).isEqualTo(1024);
      assertThatThrownBy(() -> model.generate(List.of(greedy("a".repeat(1020), 5))))
          .isInstanceOf(PromptTooLongException.class).hasMessageContaining("1024");
    }
  }

  /** The same numbers up to the first token that differs; the best one differs only where two are nearly as good. */
  private static void assertClose(Generation actual, Generation expected) {
    assertThat(actual.sequences()).hasSameSizeAs(expected.sequences());
    for (int s = 0; s < expected.sequences().size(); s++) {
      List<Token> tokens = expected.sequences().get(s).tokens();
      List<Token> others = actual.sequences().get(s).tokens();
      for (int i = 0; i < Math.min(tokens.size(), others.size()); i++) {
        if (tokens.get(i).id() != others.get(i).id()) {
          boolean drawn = expected.sequences().size() > 1;
          if (!drawn) assertThat(tokens.get(i).margin().orElseThrow()).isLessThan(1e-3);
          break;
        }
        assertThat(others.get(i).logProb()).isCloseTo(tokens.get(i).logProb(), within(1e-3));
        assertThat(others.get(i).margin().orElseThrow()).isCloseTo(tokens.get(i).margin().orElseThrow(), within(1e-3));
      }
    }
  }

  private static List<GenerationRequest> requests() {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      String text = i % 3 == 0 ? LONG + "abcdefghi".charAt(i) : LONG.substring(0, 3 + 21 * i);
      requests.add(i % 2 == 0 ? greedy(text, 4 + i) : sampled(text, 3, i));
    }
    return requests;
  }

  private Path tiny(String name) throws IOException {
    Path place = TinyModel.write(Files.createDirectories(directory.resolve(name)));
    ObjectNode json = (ObjectNode) Json.read(place.resolve("config.json"));
    Files.write(place.resolve("config.json"), Json.pretty(json.put("max_position_embeddings", 1024)));
    return place;
  }

  private Path windowed(int window, Integer... layers) throws IOException {
    Path place = tiny("window-" + window);
    ObjectNode json = (ObjectNode) Json.read(place.resolve("config.json"));
    json.put("model_type", "mistral").put("sliding_window", window);
    TreeSet<Integer> sliding = new TreeSet<>(List.of(layers));
    for (int layer = 0; layer < 2; layer++) {
      json.withArray("layer_types").add(sliding.contains(layer) ? "sliding_attention" : "full_attention");
    }
    Files.write(place.resolve("config.json"), Json.pretty(json));
    return place;
  }

  private static LocalLanguageModel kernels(Path place) throws IOException {
    return KernelLanguageModel.open(LocalLanguageModelContract.config(place).withThreads(2));
  }

  private static LocalLanguageModel engine(Path place) throws IOException {
    return TorchLanguageModel.open(LocalLanguageModelContract.config(place).withKernels(false));
  }
}
