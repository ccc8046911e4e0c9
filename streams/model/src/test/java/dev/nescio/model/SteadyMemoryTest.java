package dev.nescio.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.PromptTooLongException;
import dev.nescio.language.Sampling;
import dev.nescio.model.cpu.KernelLanguageModel;
import dev.nescio.model.local.HeldMemory;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hundreds of calls of every kind leave nothing behind. The counts are exact, so that they need no long run: a block
 * or an array that one call forgets is seen after that call.
 */
class SteadyMemoryTest {

  private static final String WORDS = "the quick brown fox jumps over the lazy dog ";
  private static final List<Path> ADAPTERS =
      List.of(Golden.path("tiny_lora_idk"), Golden.path("tiny_lora_randB_after"));

  @TempDir private Path directory;
  private final SplittableRandom random = new SplittableRandom(7);

  @BeforeEach
  void write() throws IOException {
    TinyModel.write(directory);
  }

  @Test
  void ofTheKernels() throws IOException {
    try (LocalLanguageModel model = open(true)) {
      rounds(model, 100);
      long kept = model.heldMemory().cacheBytes();
      long bytes = Memory.held() - kept;
      rounds(model, 400);
      // The most that is needed at once may still rise; 400 lost blocks would be 16 times that.
      assertThat(model.heldMemory().cacheBytes()).isLessThanOrEqualTo(2 * kept);
      assertThat(Memory.held() - model.heldMemory().cacheBytes()).isLessThanOrEqualTo(bytes);
    }
  }

  @Test
  void ofTheEngine() throws IOException {
    try (LocalLanguageModel model = open(false)) {
      rounds(model, 40);
    }
  }

  @Test
  void aClosedModelHasGivenEverythingBack() throws IOException {
    long before = Memory.held();
    for (int i = 0; i < 3; i++) {
      try (LocalLanguageModel model = open(true)) {
        rounds(model, 3);
        model.loadAdapter(ADAPTERS.getFirst());
      }
      assertThat(Memory.held()).isLessThanOrEqualTo(before);
    }
  }

  private LocalLanguageModel open(boolean kernels) throws IOException {
    // Room for a few prefixes only, so that they come and go.
    return LocalLanguageModels.open(
        LocalModelConfig.of(directory).withKernels(kernels).withThreads(1).withPrefixCacheBytes(200_000));
  }

  private void rounds(LocalLanguageModel model, int rounds) throws IOException {
    work(model); // what is made when it is first needed
    HeldMemory idle = model.heldMemory();
    assertThat(idle.blocks()).isZero();
    for (int i = 0; i < rounds; i++) {
      work(model);
      HeldMemory now = model.heldMemory();
      assertThat(now.blocks()).as("blocks after round %s", i).isZero();
      assertThat(now.arrays()).as("arrays after round %s", i).isEqualTo(idle.arrays());
    }
  }

  /** One call of a kind that is drawn. */
  private void work(LocalLanguageModel model) throws IOException {
    Optional<String> adapter =
        random.nextBoolean() ? Optional.empty() : Optional.of(model.loadAdapter(ADAPTERS.get(random.nextInt(2))));
    String prompt = WORDS.repeat(1 + random.nextInt(3)) + random.nextInt(1000);
    switch (random.nextInt(4)) {
      case 0 -> model.score(List.of(new ContinuationRequest(prompt, " and so on", adapter),
          new ContinuationRequest("x", WORDS, Optional.empty())));
      case 1 -> fail(model, prompt);
      default -> model.generate(requests(prompt, adapter));
    }
    adapter.ifPresent(model::unloadAdapter);
  }

  private List<GenerationRequest> requests(String prompt, Optional<String> adapter) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      GenerationRequest request = GenerationRequest.greedy(prompt + i, random.nextInt(1, 10))
          .withStop(random.nextBoolean() ? List.of() : List.of("e", "\n")).withSharedPrefix(prompt);
      requests.add(random.nextBoolean() ? request.withAdapter(adapter)
          : request.withSamples(random.nextInt(1, 5), new Sampling(1, 20, .9), random.nextLong()));
    }
    return requests;
  }

  /** What fails has to be cleared away as well. */
  private void fail(LocalLanguageModel model, String prompt) {
    assertThatThrownBy(() -> model.generate(List.of(GenerationRequest.greedy(prompt, 4),
        GenerationRequest.greedy("x".repeat(255), 4)))).isInstanceOf(PromptTooLongException.class);
    if (!(model instanceof KernelLanguageModel kernels)) return;
    int last = random.nextInt(4);
    assertThatThrownBy(() -> kernels.generate(
        List.of(GenerationRequest.greedy(prompt, 6).withStop(List.of()).withIgnoreEnd(true)
            .withSamples(3, new Sampling(1, 0, 1), 1)), new Failing(last)::token))
        .hasMessage("enough");
  }

  private static final class Failing {

    private int left;

    Failing(int left) {
      this.left = left;
    }

    void token(int request, int sample, Object token) {
      if (left-- == 0) throw new IllegalStateException("enough");
    }
  }
}
