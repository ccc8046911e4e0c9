package dev.nescio.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.Generation.Alternative;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.Sampling;
import dev.nescio.model.Golden;
import dev.nescio.model.TinyModel;
import dev.nescio.model.files.FloatType;
import dev.nescio.model.local.LocalModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The code that a GPU runs with 16 bits, on the CPU with float16: weights, cache, tables, masks and adapters fit together
 * and the figures are those of float32 as far as 11 bits of mantissa go. Users are refused this on a CPU (see {@link
 * DataTypeTest}). Bfloat16 cannot be shown here: on a CPU this libtorch ends the process when it converts to it.
 */
class HalfPrecisionTest {

  private static final double TOLERANCE = .03;
  private static final String PROMPT = "Question: how much is lost with sixteen bits?\n\nAnswer:";

  @TempDir private Path directory;
  private TorchLanguageModel half;
  private TorchLanguageModel full;

  @BeforeEach
  void open() throws IOException {
    LocalModelConfig config = LocalModelConfig.of(TinyModel.write(directory)).withThreads(1);
    full = TorchLanguageModel.open(config);
    half = TorchLanguageModel.openAnyway(config.withDataType(FloatType.FLOAT16));
  }

  @AfterEach
  void close() {
    half.close();
    full.close();
  }

  @Test
  void givenContinuationsScoreAlike() throws IOException {
    String mine = half.loadAdapter(Golden.path("tiny_lora_idk"));
    assertThat(full.loadAdapter(Golden.path("tiny_lora_idk"))).isEqualTo(mine);
    List<ContinuationRequest> requests = List.of(
        new ContinuationRequest(PROMPT, " a little", Optional.empty()),
        new ContinuationRequest("x", " and much more than that", Optional.empty()),
        new ContinuationRequest(PROMPT, " a little", Optional.of(mine)));
    List<Sequence> expected = full.score(requests);
    List<Sequence> actual = half.score(requests);
    for (int i = 0; i < requests.size(); i++) {
      for (int t = 0; t < expected.get(i).tokens().size(); t++) {
        assertThat(actual.get(i).tokens().get(t).logProb())
            .isCloseTo(expected.get(i).tokens().get(t).logProb(), within(TOLERANCE));
        assertThat(actual.get(i).tokens().get(t).entropy().orElseThrow())
            .isCloseTo(expected.get(i).tokens().get(t).entropy().orElseThrow(), within(TOLERANCE));
      }
      assertThat(actual.get(i).pIdk().orElseThrow()).isCloseTo(expected.get(i).pIdk().orElseThrow(), within(TOLERANCE));
    }
  }

  @Test
  void promptsOfDifferentLengthsGoOnAlike() {
    GenerationRequest one = GenerationRequest.greedy(PROMPT, 1).withStop(List.of()).withAlternatives(5);
    List<GenerationRequest> requests = List.of(one.withSharedPrefix(PROMPT.substring(0, 20)),
        GenerationRequest.greedy("short", 1).withStop(List.of()).withAlternatives(5));
    List<Generation> expected = full.generate(requests);
    List<Generation> actual = half.generate(requests);
    for (int i = 0; i < requests.size(); i++) {
      List<Alternative> mine = actual.get(i).first().tokens().getFirst().alternatives();
      List<Alternative> others = expected.get(i).first().tokens().getFirst().alternatives();
      for (int k = 0; k < 5; k++) {
        assertThat(mine.get(k).logProb()).isCloseTo(others.get(k).logProb(), within(TOLERANCE));
      }
    }
    Generation samples = half.generate(List.of(GenerationRequest.greedy(PROMPT, 9).withStop(List.of())
        .withIgnoreEnd(true).withSamples(4, new Sampling(1, 0, .9), 3))).getFirst();
    assertThat(samples.sequences()).hasSize(4).allMatch(s -> s.tokens().size() == 9
        && s.tokens().stream().allMatch(token -> token.logProb() <= 0 && Double.isFinite(token.logProb())));
  }
}
