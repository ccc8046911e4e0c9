package dev.nescio.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.language.ChatMessage;
import dev.nescio.language.Generation.Finish;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.Sampling;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalModelConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * 200 prompts that nothing was tuned on, against transformers in float32 ({@code src/test/golden/greedy.py}). Tokens
 * have to be the same, unless the reference is undecided: its two best logits are at most {@link #UNDECIDED} apart.
 * Where another token comes of that, the rest of the prompt is not compared. 60 of them are run, by the kernels; all,
 * and by the engine too, with {@code -Dnescio.greedy=all}.
 */
class GreedyPromptsTest {

  private static final double UNDECIDED = 1e-3;
  private static final int TOKENS = 24;
  private static final boolean ALL = System.getProperty("nescio.greedy", "").equals("all");

  @Test
  void greedyTokensAreThoseOfTheReferenceWhereverItIsDecided() throws IOException {
    compare(cases(10, 3), true);
  }

  @Test
  void theEngineAgreesToo() throws IOException {
    assumeTrue(ALL, "SKIPPED, the engine has its own golden prompts; run with -Dnescio.greedy=all");
    compare(cases(1, 1), false);
  }

  /** Conversations through the model's own template: the reference's ids, and its answers. */
  @Test
  void conversationsAreAnsweredAsByTheReference() throws IOException {
    List<GenerationRequest> requests = new ArrayList<>();
    List<JsonNode> cases = new ArrayList<>();
    Golden.json("chat_greedy.json").forEach(cases::add);
    for (JsonNode golden : cases) {
      List<ChatMessage> messages = new ArrayList<>();
      for (JsonNode m : golden.get("messages")) {
        messages.add(new ChatMessage(m.get("role").textValue(), m.get("content").textValue()));
      }
      requests.add(new GenerationRequest("", "", 1, Sampling.GREEDY, TOKENS, List.of(), 0, Optional.empty(), 0)
          .withChat(messages));
    }
    Tally tally = new Tally();
    LocalModelConfig config = LocalModelConfig.of(RealModel.directory()).withIdk(false);
    try (LocalLanguageModel model = LocalLanguageModels.open(config)) {
      List<Generation> generations = model.generate(requests);
      for (int i = 0; i < cases.size(); i++) {
        assertThat(model.tokenizer().encodeChat(requests.get(i).chat(), true))
            .containsExactly(Golden.ints(cases.get(i).get("ids")));
        tally.compare(cases.get(i), generations.get(i), LlamaConfig.read(RealModel.directory()).endTokenId());
      }
    }
    System.out.println("chat: " + tally);
    assertThat(tally.wrong).isEmpty();
  }

  private static void compare(List<JsonNode> cases, boolean kernels) throws IOException {
    List<GenerationRequest> requests = cases.stream().map(golden -> new GenerationRequest(
        golden.get("prompt").textValue(), "", 1, Sampling.GREEDY, TOKENS, List.of(), 0, Optional.empty(), 0)).toList();
    Tally tally = new Tally();
    LocalModelConfig config = LocalModelConfig.of(RealModel.directory()).withIdk(false).withKernels(kernels);
    try (LocalLanguageModel model = LocalLanguageModels.open(config)) {
      int end = LlamaConfig.read(RealModel.directory()).endTokenId();
      List<Generation> generations = model.generate(requests);
      for (int i = 0; i < cases.size(); i++) tally.compare(cases.get(i), generations.get(i), end);
    }
    System.out.println((kernels ? "kernels: " : "engine: ") + tally);
    assertThat(tally.wrong).isEmpty();
    assertThat(tally.compared).isGreaterThan(10 * cases.size());
  }

  /** What came of the comparisons. */
  private static final class Tally {
    private final List<String> wrong = new ArrayList<>();
    private int prompts;
    private int whole;
    private int compared;
    private int undecided;
    private int parted;

    void compare(JsonNode golden, Generation generation, int end) {
      prompts++;
      String prompt = golden.has("prompt") ? golden.get("prompt").textValue() : golden.get("messages").toString();
      int length = golden.has("prompt") ? golden.get("promptTokens").intValue() : golden.get("ids").size();
      assertThat(generation.promptTokens()).as(prompt).isEqualTo(length);
      Sequence ours = generation.first();
      int[] tokens = Golden.ints(golden.get("tokens"));
      for (int i = 0; i < TOKENS; i++) {
        boolean same = i < ours.tokens().size()
            ? ours.tokens().get(i).id() == tokens[i]
            : ours.finish() == Finish.END && tokens[i] == end;
        if (golden.get("margins").get(i).doubleValue() <= UNDECIDED) {
          undecided++;
          if (!same) {
            parted++;
            return;
          }
        } else if (same) {
          compared++;
        } else {
          wrong.add(prompt + ", token " + i + ": expected " + tokens[i] + ", is " + ours.text());
          return;
        }
        if (tokens[i] == end) break;
      }
      whole++;
    }

    @Override
    public String toString() {
      return ("%d prompts, %d of them to their end: %d tokens as the reference's, %d others; the reference is undecided"
          + " about %d more, where %d prompts went another way")
          .formatted(prompts, whole, compared, wrong.size(), undecided, parted);
    }
  }

  /** All, or the first {@code count} of each {@code of}. */
  private static List<JsonNode> cases(int of, int count) {
    List<JsonNode> cases = new ArrayList<>();
    int index = 0;
    for (JsonNode golden : Golden.json("greedy.json")) {
      if (ALL || index % of < count) cases.add(golden);
      index++;
    }
    return cases;
  }
}
