package dev.nescio.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.GenerationRequest;
import dev.nescio.model.Golden;
import dev.nescio.model.RealModel;
import dev.nescio.model.generation.Prompt;
import dev.nescio.model.generation.Results;
import dev.nescio.model.generation.TextToScore;
import dev.nescio.model.llama.IdkRow;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.sampling.Sampler;
import dev.nescio.model.tokenizer.ModelTokenizer;
import dev.nescio.model.torch.Torch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
  void logitsOfTheLastPositionEqualTheReferenceInAPaddedBatch() {
    List<JsonNode> prompts = prompts();
    prompts.sort((a, b) -> a.get("n_tokens").intValue() - b.get("n_tokens").intValue());
    List<Prefill.Row> rows = prompts.stream()
        .map(p -> new Prefill.Row(Golden.ints(p.get("input_ids")), Optional.empty())).toList();
    int length = rows.getLast().tokens().length;
    try (NDManager scope = manager.newSubManager()) {
      NDArray cache = forward.newCache(scope, rows.size(), length);
      List<NDArray> groups =
          new Prefill(forward, forward.base()).fill(scope, rows, cache, length, new int[rows.size()]);
      int row = 0;
      for (NDArray states : groups) {
        NDArray logits = forward.observe(forward.base(), states, 2, scope.create(new long[] {2})).logits();
        for (int i = 0; i < states.getShape().get(0); i++) {
          assertTop(prompts.get(row++), logits.get(i).toFloatArray());
        }
      }
      assertThat(row).isEqualTo(12);
    }
  }

  @Test
  void paddingOfEitherSideIsNothingToTheLogits() {
    for (String side : new String[] {"left", "right"}) {
      JsonNode batch = Golden.json("padded.json").get(side);
      List<JsonNode> expected = new ArrayList<>();
      batch.get("rows").forEach(expected::add);
      List<Prefill.Row> rows = new ArrayList<>();
      for (int r = 0; r < expected.size(); r++) {
        int[] ids = Golden.ints(batch.get("input_ids").get(r));
        int[] mask = Golden.ints(batch.get("attention_mask").get(r));
        rows.add(new Prefill.Row(
            IntStream.range(0, ids.length).filter(i -> mask[i] == 1).map(i -> ids[i]).toArray(), Optional.empty()));
      }
      try (NDManager scope = manager.newSubManager()) {
        // One group, padded to the longest: the widest row goes last.
        List<Integer> order = IntStream.range(0, rows.size()).boxed()
            .sorted(Comparator.comparingInt(r -> rows.get(r).rest())).toList();
        List<Prefill.Row> sorted = order.stream().map(rows::get).toList();
        NDArray cache = forward.newCache(scope, rows.size(), 80);
        int row = 0;
        Prefill prefill = new Prefill(forward, forward.base());
        for (NDArray states : prefill.fill(scope, sorted, cache, 80, new int[rows.size()])) {
          NDArray logits = forward.observe(forward.base(), states, 2, scope.create(new long[] {2})).logits();
          for (int i = 0; i < states.getShape().get(0); i++) {
            assertTop(expected.get(order.get(row++)), logits.get(i).toFloatArray());
          }
        }
        assertThat(row).isEqualTo(4);
      }
    }
  }

  @Test
  void greedyTokensAndTheirFiguresEqualTheReference() {
    List<JsonNode> prompts = prompts();
    List<Prompt> batch = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      GenerationRequest request = GenerationRequest.greedy("given as tokens", MAX_TOKENS).withStop(List.of());
      batch.add(new Prompt(i, request, Golden.ints(prompts.get(i).get("input_ids")), 0, 0, 1));
    }
    Map<Integer, Sequence> sequences = new TreeMap<>();
    Decoding decoding = new Decoding(context(), forward.base());
    decoding.run(batch, (ids, shared) -> Optional.empty(), new Results() {
      @Override
      public void prompt(Prompt prompt, int cachedTokens) {
        assertThat(cachedTokens).isZero();
      }

      @Override
      public void sequence(int request, int sample, Sequence sequence) {
        sequences.put(request, sequence);
      }
    });
    for (int i = 0; i < prompts.size(); i++) {
      JsonNode prompt = prompts.get(i);
      Sequence sequence = sequences.get(i);
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
  void scoredPromptsEqualTheReference() {
    List<TextToScore> texts = new ArrayList<>();
    List<JsonNode> prompts = prompts();
    prompts.removeIf(p -> p.get("n_tokens").intValue() > LONGEST_SCORED);
    for (JsonNode prompt : prompts) {
      texts.add(new TextToScore(texts.size(), Golden.ints(prompt.get("input_ids")), 1, "", 0));
    }
    Sequence[] results = new Sequence[texts.size()];
    new Scoring(context(), forward.base()).run(texts, results);
    for (int i = 0; i < prompts.size(); i++) {
      double[] expected = new double[texts.get(i).tokens().length - 1];
      for (int t = 0; t < expected.length; t++) {
        expected[t] = prompts.get(i).get("prompt_token_logprobs").get(t).doubleValue();
      }
      assertThat(results[i].tokens().stream().mapToDouble(Token::logProb).toArray())
          .usingComparatorWithPrecision(TOLERANCE).containsExactly(expected);
    }
  }

  private static RunContext context() {
    return new RunContext(forward, weights.config(), tokenizer, manager);
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
