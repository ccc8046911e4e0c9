package dev.nescio.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.model.Golden;
import dev.nescio.model.RealModel;
import dev.nescio.model.generation.Prompt;
import dev.nescio.model.generation.TextToScore;
import dev.nescio.model.llama.IdkRow;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.local.LocalModelConfig;
import dev.nescio.model.sampling.Sampler;
import dev.nescio.model.tokenizer.ModelTokenizer;
import dev.nescio.model.torch.Torch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The real small model against the reference: logits within 2e-3, the same tokens. */
class GoldenModelTest {

  private static final double TOLERANCE = 2e-3;
  private static final int MAX_TOKENS = 24;
  /** Scoring computes the vocabulary at every position, which takes its time. */
  private static final int LONGEST_SCORED = 100;

  private static NDManager manager;
  private static LlamaWeights weights;
  private static LlamaForward forward;
  private static ModelTokenizer tokenizer;

  @BeforeAll
  static void open() throws IOException {
    manager = Torch.newManager();
    weights = LlamaWeights.load(RealModel.directory(), new IdkRow.None(), manager);
    tokenizer = ModelTokenizer.open(RealModel.directory(), Optional.empty(), 2);
    forward = new LlamaForward(weights, 1024, 8);
  }

  @AfterAll
  static void close() {
    if (forward != null) forward.close();
    if (tokenizer != null) tokenizer.close();
    manager.close();
  }

  @Test
  void theImportedModelHasTheShapeOfTheOriginal() {
    assertThat(weights.config()).isEqualTo(new LlamaConfig(
        49_152, 576, 1536, 30, 9, 3, 64, 1e-5, 100_000, 8192, true, Optional.of(1), List.of(2)));
  }

  @Test
  void logitsOfTheLastPositionEqualTheReferenceInABatchOfAllLengths() {
    List<JsonNode> prompts = prompts();
    prompts.sort((a, b) -> a.get("n_tokens").intValue() - b.get("n_tokens").intValue());
    int length = prompts.getLast().get("n_tokens").intValue();
    try (NDManager scope = manager.newSubManager()) {
      NDArray slab = forward.newCache(scope, prompts.size(), length);
      List<TokenBatch.Part> parts = new ArrayList<>();
      for (JsonNode prompt : prompts) parts.add(whole(slab, parts.size(), Golden.ints(prompt.get("input_ids"))));
      float[][] logits = EngineLogits.of(scope, forward, parts);
      for (int i = 0; i < 12; i++) assertTop(prompts.get(i), logits[i]);
    }
  }

  private static TokenBatch.Part whole(NDArray slab, int row, int[] ids) {
    return new TokenBatch.Part(forward.base(), slab, row, 0, ids, 1);
  }

  @Test
  void withoutPaddingTheLogitsAreThoseOfPaddingOnEitherSide() {
    for (String side : new String[] {"left", "right"}) {
      JsonNode batch = Golden.json("padded.json").get(side);
      try (NDManager scope = manager.newSubManager()) {
        NDArray slab = forward.newCache(scope, 4, 80);
        List<TokenBatch.Part> parts = new ArrayList<>();
        for (int r = 0; r < 4; r++) {
          int[] ids = Golden.ints(batch.get("input_ids").get(r));
          int[] mask = Golden.ints(batch.get("attention_mask").get(r));
          int[] seen = IntStream.range(0, ids.length).filter(i -> mask[i] == 1).map(i -> ids[i]).toArray();
          parts.add(whole(slab, r, seen));
        }
        float[][] logits = EngineLogits.of(scope, forward, parts);
        assertThat(batch.get("rows")).hasSize(4);
        for (int r = 0; r < 4; r++) assertTop(batch.get("rows").get(r), logits[r]);
      }
    }
  }

  @Test
  void greedyTokensAndTheirFiguresEqualTheReference() throws IOException {
    List<JsonNode> prompts = prompts();
    List<Prompt> batch = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      GenerationRequest request = GenerationRequest.greedy("given as tokens", MAX_TOKENS).withStop(List.of());
      batch.add(new Prompt(i, request, Golden.ints(prompts.get(i).get("input_ids")), 0, 0, 1));
    }
    List<Generation> generations;
    try (TorchLanguageModel model = model()) {
      generations = model.run(batch, (request, sample, token) -> { });
    }
    for (int i = 0; i < prompts.size(); i++) {
      JsonNode prompt = prompts.get(i);
      Generation generation = generations.get(i);
      assertThat(generation.cachedPromptTokens()).isZero();
      Sequence sequence = generation.first();
      int end = prompt.get("greedy_eos_at").intValue();
      assertThat(sequence.tokens()).as(prompt.get("name").asText()).hasSize(end);
      for (int t = 0; t < end; t++) {
        Token token = sequence.tokens().get(t);
        assertThat(token.id()).isEqualTo(prompt.get("greedy_ids").get(t).intValue());
        assertThat(token.logProb()).isCloseTo(prompt.get("greedy_logprobs").get(t).doubleValue(), within(TOLERANCE));
        assertThat(token.entropy().orElseThrow())
            .isCloseTo(prompt.get("greedy_entropies").get(t).doubleValue(), within(TOLERANCE));
        assertThat(token.margin().orElseThrow())
            .isCloseTo(prompt.get("greedy_top1_top2_margin").get(t).doubleValue(), within(TOLERANCE));
      }
      if (end < MAX_TOKENS) {
        assertThat(sequence.finish()).isEqualTo(Generation.Finish.END);
        assertThat(sequence.endLogProb().orElseThrow())
            .isCloseTo(prompt.get("greedy_logprobs").get(end).doubleValue(), within(TOLERANCE));
        assertThat(sequence.text()).isEqualTo(prompt.get("greedy_text_until_eos").asText());
      }
    }
  }

  @Test
  void scoredPromptsEqualTheReference() throws IOException {
    List<TextToScore> texts = new ArrayList<>();
    List<JsonNode> prompts = prompts();
    prompts.removeIf(p -> p.get("n_tokens").intValue() > LONGEST_SCORED);
    for (JsonNode prompt : prompts) {
      texts.add(new TextToScore(texts.size(), Golden.ints(prompt.get("input_ids")), 1, "", 0));
    }
    List<Sequence> results;
    try (TorchLanguageModel model = model()) {
      results = model.score(texts, i -> model.base());
    }
    for (int i = 0; i < prompts.size(); i++) {
      double[] expected = new double[texts.get(i).tokens().length - 1];
      for (int t = 0; t < expected.length; t++) {
        expected[t] = prompts.get(i).get("prompt_token_logprobs").get(t).doubleValue();
      }
      assertThat(results.get(i).tokens().stream().mapToDouble(Token::logProb).toArray())
          .usingComparatorWithPrecision(TOLERANCE).containsExactly(expected);
    }
  }

  private static TorchLanguageModel model() throws IOException {
    return TorchLanguageModel.open(LocalModelConfig.of(RealModel.directory()).withIdk(false));
  }

  private static List<JsonNode> prompts() {
    List<JsonNode> prompts = new ArrayList<>();
    Golden.json("prompts.json").get("prompts").forEach(prompts::add);
    return prompts;
  }

  private static void assertTop(JsonNode prompt, float[] logits) {
    JsonNode top = prompt.get("last_top50");
    for (int i = 0; i < top.get("ids").size(); i++) {
      assertThat((double) logits[top.get("ids").get(i).intValue()]).as(prompt.get("name").asText())
          .isCloseTo(top.get("values").get(i).doubleValue(), within(TOLERANCE));
    }
    assertThat(Sampler.best(logits)).isEqualTo(prompt.get("last_stats").get("argmax").intValue());
  }
}
