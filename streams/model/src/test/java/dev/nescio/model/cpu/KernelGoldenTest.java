package dev.nescio.model.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.model.Golden;
import dev.nescio.model.RealModel;
import dev.nescio.model.generation.Prompt;
import dev.nescio.model.generation.TextToScore;
import dev.nescio.model.local.LocalModelConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The kernels on the real small model, against values that transformers computed in float32. */
class KernelGoldenTest {

  private static final int MAX_TOKENS = 24;
  private static final double TOLERANCE = 1e-3;

  private static KernelLanguageModel model;

  @BeforeAll
  static void open() throws IOException {
    model = KernelLanguageModel.open(LocalModelConfig.of(RealModel.directory()).withIdk(false));
  }

  @AfterAll
  static void close() {
    if (model != null) model.close();
  }

  @Test
  void greedyTokensAndTheirFiguresEqualTheReference() {
    List<JsonNode> prompts = prompts();
    List<Prompt> asked = new ArrayList<>();
    for (JsonNode prompt : prompts) {
      GenerationRequest request = GenerationRequest.greedy("given as tokens", MAX_TOKENS).withStop(List.of());
      asked.add(new Prompt(asked.size(), request, Golden.ints(prompt.get("input_ids")), 0, 0, 1));
    }
    List<Generation> generations = model.run(asked, (request, sample, token) -> { });
    for (int i = 0; i < prompts.size(); i++) {
      JsonNode prompt = prompts.get(i);
      Sequence sequence = generations.get(i).first();
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
    }
  }

  @Test
  void scoredPromptsEqualTheReference() {
    List<JsonNode> prompts = prompts();
    prompts.removeIf(p -> p.get("n_tokens").intValue() > 100);
    List<TextToScore> texts = new ArrayList<>();
    for (JsonNode prompt : prompts) {
      texts.add(new TextToScore(texts.size(), Golden.ints(prompt.get("input_ids")), 1, "", 0));
    }
    List<Sequence> scored = model.score(texts, i -> model.base());
    for (int i = 0; i < prompts.size(); i++) {
      JsonNode expected = prompts.get(i).get("prompt_token_logprobs");
      List<Token> tokens = scored.get(i).tokens();
      for (int t = 0; t < tokens.size(); t++) {
        assertThat(tokens.get(t).logProb()).isCloseTo(expected.get(t).doubleValue(), within(TOLERANCE));
      }
    }
  }

  private static List<JsonNode> prompts() {
    List<JsonNode> prompts = new ArrayList<>();
    Golden.json("prompts.json").get("prompts").forEach(prompts::add);
    return prompts;
  }
}
