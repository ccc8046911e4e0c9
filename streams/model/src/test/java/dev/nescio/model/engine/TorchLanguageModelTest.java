package dev.nescio.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.model.Golden;
import dev.nescio.model.local.LocalLanguageModelContract;
import dev.nescio.model.local.LocalModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchLanguageModelTest extends LocalLanguageModelContract<TorchLanguageModel> {

  @Override
  protected TorchLanguageModel open(LocalModelConfig config) throws IOException {
    return TorchLanguageModel.open(config.withKernels(false));
  }

  @Test
  void moreSamplesThanRowsTakeTurnsBehindOnePrompt() throws IOException {
    GenerationRequest request = sampled(LONG, 11, 6);
    Generation expected = model.generate(List.of(request)).getFirst();
    try (TorchLanguageModel small = open(config(directory).withMaxBatchRows(3))) {
      Generation generation = small.generate(List.of(request)).getFirst();
      assertAlike(generation, expected);
      assertThat(small.prefixReuse().promptTokens()).isEqualTo(generation.promptTokens());
    }
    long threeRows = 3 * 60 * model.weights().config().cacheBytesPerToken();
    try (TorchLanguageModel small = open(config(directory).withKvCacheBytes(threeRows))) {
      assertAlike(small.generate(List.of(request)).getFirst(), expected);
    }
  }

  @Test
  void aSharedPrefixIsComputedOnceAndNeverChangesTheResult() throws IOException {
    List<GenerationRequest> plain = new ArrayList<>();
    for (int i = 0; i < 6; i++) plain.add(greedy(LONG + "abcdefghijklmnop".substring(0, 1 + 3 * i % 13), 6));
    List<GenerationRequest> hinted = plain.stream().map(r -> r.withSharedPrefix(LONG)).toList();
    try (TorchLanguageModel fresh = open(config(directory))) {
      List<Generation> expected = fresh.generate(plain);
      for (int round = 0; round < 2; round++) {
        List<Generation> actual = fresh.generate(hinted);
        for (int i = 0; i < plain.size(); i++) {
          assertAlike(actual.get(i), expected.get(i));
          // Of those that come together, one computes it and the others wait for that.
          assertThat(actual.get(i).cachedPromptTokens()).isEqualTo(round == 0 && i == 0 ? 0 : LONG.length());
        }
      }
      assertThat(expected.getFirst().cachedPromptTokens()).isZero();
      Generation whole = fresh.generate(List.of(greedy(LONG, 6).withSharedPrefix(LONG))).getFirst();
      assertThat(whole.cachedPromptTokens()).isEqualTo(LONG.length() - 1);
      assertAlike(whole, fresh.generate(List.of(greedy(LONG, 6))).getFirst());
    }
  }

  @Test
  void aModelTunedAsAWholeIsAnOrdinaryDirectory(@TempDir Path tuned) throws IOException {
    model.weights().save(tuned);
    model.tokenizer().save(tuned);
    try (TorchLanguageModel again = open(config(tuned))) {
      assertThat(again.identity().idkTokenId()).contains(512);
      assertThat(again.weights().config()).isEqualTo(model.weights().config());
      List<GenerationRequest> request = List.of(greedy(LONG, 8));
      assertAlike(again.generate(request).getFirst(), model.generate(request).getFirst());
    }
  }

  @Test
  void leavesNoArraysBehind() throws IOException {
    NDManager root = model.weights().manager().getParentManager();
    int before = 0;
    for (int i = 0; i < 4; i++) {
      String id = model.loadAdapter(Golden.path("tiny_lora_idk"));
      model.generate(List.of(sampled(LONG, 3, 1).withAdapter(Optional.of(id)).withSharedPrefix(LONG), greedy("abc", 9)));
      model.score(List.of(new ContinuationRequest(LONG, "cats", Optional.of(id))));
      model.unloadAdapter(id);
      if (i == 0) before = root.getManagedArrays().size(); // with slabs for as many as come together
    }
    assertThat(root.getManagedArrays()).hasSize(before);
  }

  @Test
  void oneRowAtATimeGivesTheSameBits() throws IOException {
    List<GenerationRequest> requests = List.of(greedy(LONG, 5), sampled(LONG + LONG, 3, 1), greedy("abc", 9));
    try (TorchLanguageModel exact = open(config(directory).withKernels(false).withDeterministic(true))) {
      List<Generation> together = exact.generate(requests);
      for (int i = 0; i < requests.size(); i++) {
        assertThat(exact.generate(List.of(requests.get(i))).getFirst().sequences())
            .isEqualTo(together.get(i).sequences());
      }
    }
  }
}
