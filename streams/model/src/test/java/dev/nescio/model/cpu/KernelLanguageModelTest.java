package dev.nescio.model.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.Internals;
import dev.nescio.language.Sampling;
import dev.nescio.model.Golden;
import dev.nescio.model.LocalLanguageModels;
import dev.nescio.model.engine.TorchLanguageModel;
import dev.nescio.model.kernel.WeightFormat;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalLanguageModelContract;
import dev.nescio.model.local.LocalModelConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class KernelLanguageModelTest extends LocalLanguageModelContract<KernelLanguageModel> {

  @Override
  protected KernelLanguageModel open(LocalModelConfig config) throws IOException {
    return KernelLanguageModel.open(config);
  }

  @Test
  void isWhatACpuGets() throws IOException {
    try (LocalLanguageModel local = LocalLanguageModels.open(config(directory))) {
      assertThat(local).isInstanceOf(KernelLanguageModel.class);
    }
    try (LocalLanguageModel local = LocalLanguageModels.open(config(directory).withKernels(false))) {
      assertThat(local).isInstanceOf(TorchLanguageModel.class);
    }
  }

  @Test
  void equalsTheEngine() throws IOException {
    List<GenerationRequest> requests = List.of(greedy(LONG, 9), sampled(LONG, 4, 7), greedy("x", 20));
    try (TorchLanguageModel engine = TorchLanguageModel.open(config(directory))) {
      List<Generation> expected = engine.generate(requests);
      List<Generation> actual = model.generate(requests);
      for (int i = 0; i < requests.size(); i++) assertAlike(actual.get(i), expected.get(i));
    }
  }

  @Test
  void aSequenceHasTheSameBitsInAnyCompany() throws IOException {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 13; i++) {
      requests.add(i % 2 == 0 ? greedy(LONG.repeat(1 + i % 4).substring(i), 9) : sampled(LONG.substring(i), 1 + i % 3, i));
    }
    List<Generation> together = model.generate(requests);
    for (int i = 0; i < requests.size(); i++) {
      assertThat(model.generate(List.of(requests.get(i))).getFirst().sequences())
          .isEqualTo(together.get(i).sequences());
    }
    try (KernelLanguageModel other = open(config(directory).withThreads(3).withMaxBatchRows(2).withPrefixCacheBytes(0))) {
      List<Generation> elsewhere = other.generate(requests);
      for (int i = 0; i < requests.size(); i++) {
        assertThat(elsewhere.get(i).sequences()).isEqualTo(together.get(i).sequences());
        assertThat(elsewhere.get(i).cachedPromptTokens()).isZero();
      }
    }
  }

  @Test
  void moreSamplesThanRowsTakeTurns() throws IOException {
    GenerationRequest request = sampled(LONG, 11, 6);
    Generation expected = model.generate(List.of(request)).getFirst();
    try (KernelLanguageModel small = open(config(directory).withMaxBatchRows(3))) {
      assertThat(small.generate(List.of(request)).getFirst().sequences()).isEqualTo(expected.sequences());
    }
    try (KernelLanguageModel small = open(config(directory).withKvCacheBytes(1))) {
      assertThat(small.generate(List.of(request, request)).get(1).sequences()).isEqualTo(expected.sequences());
    }
  }

  @Test
  void aCommonBeginningIsComputedOnceWithoutBeingTold() throws IOException {
    String prefix = LONG + LONG; // 90 tokens: two whole blocks
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 6; i++) requests.add(greedy(prefix + "abcdef".charAt(i), 3));
    try (KernelLanguageModel fresh = open(config(directory))) {
      List<Generation> generations = fresh.generate(requests);
      assertThat(generations.getFirst().cachedPromptTokens()).isZero();
      assertThat(generations.subList(1, 6)).allMatch(g -> g.cachedPromptTokens() == 64);
      assertThat(fresh.prefixReuse().promptTokens()).isEqualTo(6 * 91);
      assertThat(fresh.prefixReuse().cachedTokens()).isEqualTo(5 * 64);
      String adapter = fresh.loadAdapter(Golden.path("tiny_lora_idk"));
      assertThat(fresh.generate(List.of(requests.getFirst().withAdapter(Optional.of(adapter)))).getFirst()
          .cachedPromptTokens()).isZero();
    }
  }

  @Test
  void theCacheOfPrefixesIsBounded() throws IOException {
    long blocks = 4L * 32 * 2 * 2 * 16 * 2 * Float.BYTES; // four blocks of 32 tokens
    try (KernelLanguageModel small = open(config(directory).withPrefixCacheBytes(blocks))) {
      for (int i = 0; i < 10; i++) small.generate(List.of(greedy(("" + (char) ('a' + i)).repeat(70), 2)));
      assertThat(small.prefixReuse().cachedBytes()).isPositive().isLessThanOrEqualTo(blocks);
      assertThat(small.generate(List.of(greedy("j".repeat(70), 2))).getFirst().cachedPromptTokens()).isEqualTo(64);
      assertThat(small.generate(List.of(greedy("a".repeat(70), 2))).getFirst().cachedPromptTokens()).isZero();
    }
  }

  @Test
  void callsOfManyThreadsRunTogether() throws Exception {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 24; i++) requests.add(sampled(LONG.substring(i), 2, i));
    List<Generation> expected = model.generate(requests);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Generation>> futures = requests.stream()
          .map(r -> threads.submit(() -> model.generate(List.of(r)).getFirst())).toList();
      for (int i = 0; i < requests.size(); i++) {
        assertThat(futures.get(i).get().sequences()).isEqualTo(expected.get(i).sequences());
      }
    }
  }

  @Test
  void tellsOfEveryTokenOnceAndNeverOfOneThatIsCutOff() {
    Sequence free = model.generate(List.of(greedy(LONG, 12))).getFirst().first();
    String stop = free.text().substring(4, 7);
    List<GenerationRequest> requests =
        List.of(greedy(LONG, 12).withStop(List.of(stop)), sampled(LONG, 3, 2), greedy("abc", 5));
    Map<String, List<Token>> heard = new TreeMap<>();
    List<Generation> generations = model.generate(requests,
        (request, sample, token) -> heard.computeIfAbsent(request + "/" + sample, k -> new ArrayList<>()).add(token));
    for (int r = 0; r < requests.size(); r++) {
      for (int s = 0; s < requests.get(r).samples(); s++) {
        assertThat(heard.getOrDefault(r + "/" + s, List.of()))
            .isEqualTo(generations.get(r).sequences().get(s).tokens());
      }
    }
  }

  @Test
  void whatAListenerThrowsEndsItsCallOnly() {
    assertThatThrownBy(() -> model.generate(List.of(greedy(LONG, 5)), (request, sample, token) -> {
      throw new IllegalStateException("the client has gone");
    })).hasMessage("the client has gone");
    assertThat(model.generate(List.of(greedy(LONG, 5))).getFirst().first().tokens()).hasSize(5);
  }

  @Test
  void anInterruptedCallIsGivenUp() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller = Thread.ofVirtual().start(() -> {
      try {
        model.generate(Collections.nCopies(40, greedy("a", 250)), (request, sample, token) -> begun.countDown());
      } catch (RuntimeException e) {
        thrown.set(e);
      }
    });
    begun.await();
    caller.interrupt();
    caller.join();
    assertThat(thrown.get()).isInstanceOf(CancellationException.class);
    assertThat(model.generate(List.of(greedy("b", 3))).getFirst().first().tokens()).hasSize(3);
  }

  @Test
  void aListenerThatUsesOrClosesItsModelIsRefusedInsteadOfWaitingForItself() {
    List<GenerationRequest> requests = List.of(greedy(LONG, 5));
    assertThatThrownBy(() -> model.generate(requests, (request, sample, token) -> model.generate(requests)))
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("must not use or close its model");
    assertThatThrownBy(() -> model.generate(requests, (request, sample, token) -> model.close()))
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("hand the token to another thread");
    assertThat(model.generate(requests).getFirst().first().tokens()).hasSize(5);
  }

  @Test
  void aListenerThatIsInterruptedEndsNothing() {
    List<GenerationRequest> requests = List.of(greedy(LONG, 5));
    for (int i = 0; i < 3; i++) {
      List<Generation> generations =
          model.generate(requests, (request, sample, token) -> Thread.currentThread().interrupt());
      assertThat(generations.getFirst().first().tokens()).hasSize(5);
    }
  }

  @Test
  void closingEndsWhatIsUnderWay() throws Exception {
    KernelLanguageModel closed = open(config(directory));
    CountDownLatch begun = new CountDownLatch(1);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller = Thread.ofVirtual().start(() -> {
      try {
        closed.generate(Collections.nCopies(400, greedy("a", 250)), (request, sample, token) -> begun.countDown());
      } catch (RuntimeException e) {
        thrown.set(e);
      }
    });
    begun.await();
    closed.close();
    caller.join();
    assertThat(thrown.get()).isInstanceOf(CancellationException.class).hasMessageContaining("was closed");
  }

  @Test
  void aClosedModelSaysSo() throws IOException {
    KernelLanguageModel closed = open(config(directory));
    closed.close();
    closed.close();
    assertThatThrownBy(() -> closed.generate(List.of(greedy(LONG, 1))))
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
  }

  @Test
  void goesOnPastTheEndWhenAsked() {
    GenerationRequest request = sampled(LONG, 8, 3).withIgnoreEnd(true);
    assertThat(model.generate(List.of(request)).getFirst().sequences()).allMatch(s -> s.tokens().size() == 7);
  }

  @Test
  void internalsAreGivenWhenAskedFor() {
    GenerationRequest request = greedy(LONG, 5);
    assertThat(model.generate(List.of(request)).getFirst().first().internals()).isEmpty();
    Sequence sequence = model.generate(List.of(request.withInternals(true))).getFirst().first();
    Internals internals = sequence.internals().orElseThrow();
    assertThat(internals.hiddenStates()).hasDimensions(3, 64);
    assertThat(internals.attentionToPrevious()).hasDimensions(5, 2 * 4);
    for (float[] row : internals.attentionToPrevious()) for (float weight : row) assertThat(weight).isBetween(0f, 1f);
    Sequence again = model.generate(List.of(sampled("other", 5, 1), request.withInternals(true))).get(1).first();
    assertThat(again.internals().orElseThrow().hiddenStates()).isDeepEqualTo(internals.hiddenStates());
    assertThat(again.internals().orElseThrow().attentionToPrevious()).isDeepEqualTo(internals.attentionToPrevious());
  }

  @Test
  void eightBitsAreAnotherModelThatIsClose() throws IOException {
    try (KernelLanguageModel small = open(config(directory).withWeights(WeightFormat.INT8))) {
      assertThat(small.identity().digest()).isNotEqualTo(model.identity().digest());
      ContinuationRequest text = new ContinuationRequest(LONG, "cats and dogs", Optional.empty());
      double exact = model.score(List.of(text)).getFirst().sequenceLogProb();
      double rounded = small.score(List.of(text)).getFirst().sequenceLogProb();
      assertThat(rounded).isNotEqualTo(exact).isCloseTo(exact, within(.05 * Math.abs(exact)));
    }
    assertThatThrownBy(() -> config(directory).withWeights(WeightFormat.INT8).withKernels(false))
        .hasMessageContaining("INT8");
  }

  @Test
  void aTextIsScoredInPiecesAsItIsAtOnce() {
    String text = LONG.repeat(4);
    List<Token> whole = model.score(List.of(new ContinuationRequest(text.substring(0, 1), text.substring(1),
        Optional.empty()))).getFirst().tokens();
    for (int cut : new int[] {40, 63, 64, 65, 100}) {
      List<Token> rest = model.score(List.of(new ContinuationRequest(text.substring(0, cut), text.substring(cut),
          Optional.empty()))).getFirst().tokens();
      assertThat(rest).isEqualTo(whole.subList(cut - 1, whole.size()));
    }
  }

  @Test
  void reportedNumbersAreThoseOfScoring() {
    Sequence drawn = model.generate(List.of(greedy(LONG, 6).withSamples(1, new Sampling(1.5, 0, 1), 4)
        .withIgnoreEnd(true))).getFirst().first();
    Sequence scored = model.score(List.of(new ContinuationRequest(LONG, drawn.text(), Optional.empty()))).getFirst();
    if (scored.tokens().stream().map(Token::id).toList().equals(drawn.tokens().stream().map(Token::id).toList())) {
      assertThat(scored.tokens()).isEqualTo(drawn.tokens());
    } else {
      assertThat(scored.text()).isEqualTo(drawn.text());
    }
  }
}
