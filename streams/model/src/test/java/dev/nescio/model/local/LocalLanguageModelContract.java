package dev.nescio.model.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation.Finish;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.PromptTooLongException;
import dev.nescio.language.Sampling;
import dev.nescio.language.UnknownAdapterException;
import dev.nescio.model.Golden;
import dev.nescio.model.TinyModel;
import dev.nescio.model.files.ModelDigest;
import dev.nescio.model.llama.IdkRow;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.torch.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What every model of this process does, whoever computes it. */
@TestInstance(Lifecycle.PER_CLASS)
public abstract class LocalLanguageModelContract<M extends LocalLanguageModel> {

  public static final String LONG = "The quick brown fox jumps over the lazy dog. ";

  @TempDir
  public static Path directory;

  protected M model;

  /** Opens a model the way that is tested. */
  protected abstract M open(LocalModelConfig config) throws IOException;

  @BeforeAll
  void open() throws IOException {
    model = open(config(TinyModel.write(directory)));
  }

  @AfterAll
  void close() {
    model.close();
  }

  @Test
  void saysWhatItIs() throws IOException {
    assertThat(model.identity().idkTokenId()).contains(512);
    assertThat(model.identity().contextTokens()).isEqualTo(256);
    assertThat(model.identity().digest()).matches("[0-9a-f]{64}").isEqualTo(ModelDigest.of(directory));
    assertThat(model.digest(Optional.empty())).isEqualTo(model.identity().digest());
    assertThat(model.evidence()).contains(EvidenceKind.P_IDK, EvidenceKind.FULL_ENTROPY, EvidenceKind.CONTINUATION_SCORES);
    assertThat(model.countTokens("abc")).isEqualTo(3);
  }

  @Test
  void aBatchEqualsOneAtATime() {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 9; i++) requests.add(greedy(LONG.substring(i, 5 + 4 * i), 3 + i % 4));
    List<Generation> batch = model.generate(requests);
    for (int i = 0; i < requests.size(); i++) {
      assertAlike(batch.get(i), model.generate(List.of(requests.get(i))).getFirst());
    }
  }

  @Test
  void samplesThatShareAPrefillEqualSeparateOnes() {
    GenerationRequest request = sampled(LONG, 5, 8);
    Generation together = model.generate(List.of(sampled("another", 4, 3), request)).get(1);
    List<GenerationRequest> others = List.of(sampled("x", 2, 9), request);
    assertAlike(together, model.generate(others).get(1));
    Generation few = model.generate(List.of(sampled(LONG, 2, 8))).getFirst();
    for (int i = 0; i < 2; i++) assertAlike(few.sequences().get(i), together.sequences().get(i));
    assertThat(together.sequences().stream().map(s -> ids(s)).distinct().count()).isGreaterThan(1);
  }

  @Test
  void reportsWhatScoringReports() {
    Sequence scored = model.score(List.of(
        new ContinuationRequest("other", " thing", Optional.empty()),
        new ContinuationRequest(LONG, "dogs and cats", Optional.empty()))).get(1);
    assertThat(scored.tokens()).hasSize("dogs and cats".length());
    assertThat(scored.text()).isEqualTo("dogs and cats");
    // One step: the first scored token has the log-probability that generation reports among its alternatives.
    Token first = model.generate(List.of(greedy(LONG, 1).withAlternatives(20))).getFirst().first().tokens().getFirst();
    Sequence best = model.score(List.of(new ContinuationRequest(LONG, "d", Optional.empty()))).getFirst();
    first.alternatives().stream().filter(a -> a.text().equals("d"))
        .forEach(a -> assertThat(best.tokens().getFirst().logProb()).isCloseTo(a.logProb(), within(1e-4)));
    assertThat(best.tokens().getFirst().entropy().orElseThrow()).isCloseTo(first.entropy().orElseThrow(), within(1e-4));
    assertThat(best.tokens().getFirst().margin().orElseThrow()).isCloseTo(first.margin().orElseThrow(), within(1e-4));
  }

  @Test
  void aGivenContinuationHasTheNumbersThatGenerationReports() {
    String text = "dogs"; // a token a letter
    List<Token> scored =
        model.score(List.of(new ContinuationRequest(LONG, text, Optional.empty(), 5))).getFirst().tokens();
    assertThat(scored).hasSize(text.length());
    for (int i = 0; i < text.length(); i++) {
      Token given = scored.get(i);
      Token own = model.generate(List.of(greedy(LONG + text.substring(0, i), 1).withAlternatives(5)))
          .getFirst().first().tokens().getFirst();
      assertThat(given.entropy().orElseThrow()).isCloseTo(own.entropy().orElseThrow(), within(1e-4));
      assertThat(given.margin().orElseThrow()).isCloseTo(own.margin().orElseThrow(), within(1e-4));
      assertThat(given.alternatives()).hasSize(5);
      assertThat(given.alternatives().getFirst().id()).isEqualTo(own.id());
      for (int k = 0; k < 5; k++) {
        assertThat(given.alternatives().get(k).logProb())
            .isCloseTo(own.alternatives().get(k).logProb(), within(1e-4));
      }
    }
    assertThat(model.score(List.of(new ContinuationRequest(LONG, text, Optional.empty()))).getFirst().tokens())
        .allMatch(token -> token.alternatives().isEmpty());
  }

  @Test
  void theSpanEndsBeforeAStopString() {
    Sequence free = model.generate(List.of(greedy(LONG, 12))).getFirst().first();
    String stop = free.tokens().get(4).text();
    int first = IntStream.range(0, 12)
        .filter(i -> free.tokens().get(i).text().contains(stop)).findFirst().orElseThrow();
    Sequence cut = model.generate(List.of(greedy(LONG, 12).withStop(List.of(stop)))).getFirst().first();
    assertThat(cut.finish()).isEqualTo(Finish.STOP);
    assertThat(ids(cut)).isEqualTo(ids(free).subList(0, first));
    assertThat(cut.text()).doesNotContain(stop);
    assertThat(cut.generatedTokens()).isEqualTo(first + 1);
    Sequence length = model.generate(List.of(greedy(LONG, Math.max(1, first)))).getFirst().first();
    if (first > 0) { // with an empty span there is no sequence to compare with
      assertThat(cut.pIdk().orElseThrow()).isCloseTo(length.pIdk().orElseThrow(), within(1e-5));
      assertThat(cut.endLogProb().orElseThrow()).isCloseTo(length.endLogProb().orElseThrow(), within(1e-4));
    }
  }

  @Test
  void theSameSeedGivesTheSameSamples() {
    assertAlike(model.generate(List.of(sampled("abc", 4, 5))).getFirst(),
        model.generate(List.of(sampled("abc", 4, 5))).getFirst());
    assertThat(ids(model.generate(List.of(sampled("abc", 1, 5))).getFirst().first()))
        .isNotEqualTo(ids(model.generate(List.of(sampled("abc", 1, 6))).getFirst().first()));
  }

  @Test
  void reportedNumbersDoNotDependOnTheSampling() {
    Token cold = model.generate(List.of(greedy(LONG, 1).withSamples(1, new Sampling(.01, 0, 1), 3)))
        .getFirst().first().tokens().getFirst();
    Token greedy = model.generate(List.of(greedy(LONG, 1))).getFirst().first().tokens().getFirst();
    assertThat(cold.id()).isEqualTo(greedy.id());
    assertThat(cold.logProb()).isCloseTo(greedy.logProb(), within(1e-5));
    assertThat(cold.entropy().orElseThrow()).isCloseTo(greedy.entropy().orElseThrow(), within(1e-5));
  }

  @Test
  void holdsSeveralAdaptersAndGroupsRequestsByThem() throws IOException {
    String id = model.loadAdapter(Golden.path("tiny_lora_idk"));
    String same = model.loadAdapter(Golden.path("tiny_lora_idk"));
    String other = model.loadAdapter(Golden.path("tiny_lora_randB_after"));
    assertThat(same).isEqualTo(id).isNotEqualTo(other);
    assertThat(model.digest(Optional.of(id))).isNotEqualTo(model.digest(Optional.of(other))).matches("[0-9a-f]{64}");

    GenerationRequest base = greedy(LONG, 6).withSharedPrefix(LONG);
    GenerationRequest tuned = base.withAdapter(Optional.of(id));
    List<Generation> mixed = model.generate(List.of(tuned, base, base.withAdapter(Optional.of(other)), tuned));
    assertAlike(mixed.get(0), mixed.get(3));
    assertAlike(mixed.get(0), model.generate(List.of(tuned)).getFirst());
    assertAlike(mixed.get(1), model.generate(List.of(greedy(LONG, 6))).getFirst());
    assertThat(mixed.get(0).first().tokens().getFirst().logProb())
        .isNotCloseTo(mixed.get(1).first().tokens().getFirst().logProb(), within(1e-4));

    model.unloadAdapter(id);
    assertAlike(mixed.get(0), model.generate(List.of(tuned)).getFirst());
    model.unloadAdapter(id);
    assertThatThrownBy(() -> model.generate(List.of(tuned)))
        .isInstanceOf(UnknownAdapterException.class).hasMessageContaining(id);
    model.unloadAdapter(other);
    assertAlike(model.generate(List.of(base)).getFirst(), mixed.get(1));
  }

  @Test
  void aModelTunedAsAWholeAnswersBesideItsBase(@TempDir Path tuned) throws IOException {
    try (NDManager manager = Torch.newManager();
        LlamaWeights changed = LlamaWeights.load(Golden.path("tiny"), new IdkRow.MeanOf(5, 6), manager)) {
      changed.get(LlamaWeights.FINAL_NORM).muli(1.5f);
      changed.save(tuned);
      model.tokenizer().save(tuned);
    }
    GenerationRequest base = greedy(LONG, 6);
    Generation before = model.generate(List.of(base)).getFirst();
    String id = model.loadAdapter(tuned);
    GenerationRequest whole = base.withAdapter(Optional.of(id));
    Generation after = model.generate(List.of(whole)).getFirst();
    try (M alone = open(config(tuned))) {
      assertAlike(after, alone.generate(List.of(base)).getFirst());
    }
    assertAlike(model.generate(List.of(base)).getFirst(), before);
    assertThat(after.first().tokens().getFirst().logProb())
        .isNotCloseTo(before.first().tokens().getFirst().logProb(), within(1e-4));
    model.unloadAdapter(id);
    assertThatThrownBy(() -> model.generate(List.of(whole))).isInstanceOf(UnknownAdapterException.class);
  }

  @Test
  void withoutTheTokenThereIsNoProbabilityOfIt() throws IOException {
    try (M plain = open(config(directory).withIdk(false))) {
      assertThat(plain.identity().idkTokenId()).isEmpty();
      assertThat(plain.evidence()).doesNotContain(EvidenceKind.P_IDK);
      Sequence without = plain.generate(List.of(greedy(LONG, 4))).getFirst().first();
      Sequence with = model.generate(List.of(greedy(LONG, 4))).getFirst().first();
      assertThat(without.pIdk()).isEmpty();
      // The same logits with one more in the sum: log-probabilities fall by -ln(1 - p_idk).
      Sequence none = model.score(List.of(new ContinuationRequest(LONG, "", Optional.empty()))).getFirst();
      double drop = Math.log1p(-none.pIdk().orElseThrow());
      assertThat(with.tokens().getFirst().logProb())
          .isCloseTo(without.tokens().getFirst().logProb() + drop, within(1e-4));
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> model.generate(List.of(greedy("a".repeat(250), 10))))
        .isInstanceOf(PromptTooLongException.class).hasMessageContaining("250").hasMessageContaining("256");
    assertThatThrownBy(() -> model.generate(List.of(greedy("", 10)))).hasMessageContaining("no tokens");
    assertThatThrownBy(() -> model.generate(List.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> model.unloadAdapter("none")).isInstanceOf(UnknownAdapterException.class);
  }

  public static LocalModelConfig config(Path place) {
    return LocalModelConfig.of(place).withThreads(1);
  }

  public static GenerationRequest greedy(String prompt, int maxTokens) {
    return GenerationRequest.greedy(prompt, maxTokens).withStop(List.of());
  }

  public static GenerationRequest sampled(String prompt, int samples, long seed) {
    return greedy(prompt, 7).withSamples(samples, new Sampling(1, 0, 1), seed);
  }

  public static List<Integer> ids(Sequence sequence) {
    return sequence.tokens().stream().map(Token::id).toList();
  }

  public static void assertAlike(Generation actual, Generation expected) {
    assertThat(actual.promptTokens()).isEqualTo(expected.promptTokens());
    assertThat(actual.sequences()).hasSameSizeAs(expected.sequences());
    for (int i = 0; i < expected.sequences().size(); i++) {
      assertAlike(actual.sequences().get(i), expected.sequences().get(i));
    }
  }

  public static void assertAlike(Sequence actual, Sequence expected) {
    assertThat(ids(actual)).isEqualTo(ids(expected));
    assertThat(actual.finish()).isEqualTo(expected.finish());
    assertThat(actual.text()).isEqualTo(expected.text());
    assertThat(actual.sequenceLogProb()).isCloseTo(expected.sequenceLogProb(), within(1e-3));
    assertThat(actual.pIdk().orElseThrow()).isCloseTo(expected.pIdk().orElseThrow(), within(1e-4));
    assertThat(actual.endLogProb().orElseThrow()).isCloseTo(expected.endLogProb().orElseThrow(), within(1e-3));
  }
}
