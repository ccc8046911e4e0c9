package dev.nescio.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.model.Golden;
import dev.nescio.model.llama.IdkRow;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.llama.Projection;
import dev.nescio.model.peft.PeftAdapter;
import dev.nescio.model.torch.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TorchModelTest {

  private final NDManager manager = Torch.newManager();

  @TempDir
  Path directory;

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void computesTheLogitsThatPeftComputes() throws IOException {
    JsonNode golden = Golden.json("tiny_lora_idk.json");
    LlamaWeights weights = LlamaWeights.load(Golden.path("tiny"), new IdkRow.MeanOf(10, 20, 30), manager);
    PeftAdapter adapter = PeftAdapter.read(Golden.path("tiny_lora_idk"), weights.config());
    assertThat(adapter.rank()).isEqualTo(4);
    assertThat(adapter.scaling()).isEqualTo(2);
    assertThat(adapter.targets()).containsExactly(Projection.Q, Projection.V);
    assertThat(adapter.idkId()).contains(512);
    try (LlamaForward forward = new LlamaForward(weights, 16, 8);
        TorchModel loaded = TorchModel.of(adapter, weights)) {
      int[][] ids = {Golden.ints(golden.get("input_ids").get(0)), Golden.ints(golden.get("input_ids").get(1))};
      float[] logits = logits(forward, loaded.variant(), ids);
      for (int row = 0; row < 2; row++) {
        assertThat(position(logits, row * 5 + 4)).usingComparatorWithPrecision(1e-4f)
            .containsExactly(Golden.floats(golden.get("logits_last").get(row)));
        int at = row == 0 ? 3 : 4;
        assertThat(position(logits, row * 5 + at)).usingComparatorWithPrecision(1e-4f)
            .containsExactly(Golden.floats(golden.get("logits_at_idk").get(row)));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
      "peft_rslora, 4, 4, 14", "peft_layers, 2, 1.5, 2", "peft_idk, 4, 2, 14", "peft_patterns, 6, 1, 5"})
  void computesWhatPeftComputesWithRankStabilisationSomeLayersAllProjectionsAndPatterns(
      String name, int rank, double scaling, int pairs) throws IOException {
    JsonNode golden = Golden.json(name + ".json");
    boolean idk = name.equals("peft_idk");
    LlamaWeights weights = LlamaWeights.load(
        Golden.path("tiny"), idk ? new IdkRow.MeanOf(10, 20, 30) : new IdkRow.None(), manager);
    PeftAdapter adapter = PeftAdapter.read(Golden.path(name), weights.config());
    assertThat(adapter.rank()).isEqualTo(rank);
    assertThat(adapter.scaling()).isEqualTo(scaling);
    assertThat(adapter.pairs()).hasSize(pairs);
    assertThat(adapter.idkId().isPresent()).isEqualTo(idk);
    adapter.write(directory, weights.config(), "tiny");
    PeftAdapter again = PeftAdapter.read(directory, weights.config());
    assertThat(again.id()).as("read, written and read again").isEqualTo(adapter.id());
    try (LlamaForward forward = new LlamaForward(weights, 16, 8);
        TorchModel loaded = TorchModel.of(again, weights)) {
      int[][] ids = {Golden.ints(golden.get("ids").get(0)), Golden.ints(golden.get("ids").get(1))};
      float[] logits = logits(forward, loaded.variant(), ids);
      int vocabulary = logits.length / 10;
      for (int row = 0; row < 2; row++) {
        int at = (row * 5 + 4) * vocabulary;
        assertThat(Arrays.copyOfRange(logits, at, at + vocabulary)).usingComparatorWithPrecision(1e-4f)
            .containsExactly(Golden.floats(golden.get("last_logits").get(row)));
      }
    }
  }

  @Test
  void anAdapterWhoseBIsZeroIsTheBase() throws IOException {
    LlamaWeights weights = LlamaWeights.load(Golden.path("tiny"), new IdkRow.None(), manager);
    PeftAdapter adapter = PeftAdapter.read(Golden.path("tiny_lora_zeroB_before"), weights.config());
    int[][] ids = {{1, 17, 300}};
    try (LlamaForward forward = new LlamaForward(weights, 16, 8);
        TorchModel loaded = TorchModel.of(adapter, weights)) {
      assertThat(logits(forward, loaded.variant(), ids)).usingComparatorWithPrecision(1e-5f)
          .containsExactly(logits(forward, forward.base(), ids));
    }
  }

  @Test
  void refusesATokenThatTheBaseLacks() throws IOException {
    LlamaWeights weights = LlamaWeights.load(Golden.path("tiny"), new IdkRow.None(), manager);
    PeftAdapter adapter = PeftAdapter.read(Golden.path("tiny_lora_idk"), weights.config());
    assertThatThrownBy(() -> TorchModel.of(adapter, weights)).hasMessageContaining("without <IDK>");
  }

  /** Logits [rows x T x V] of rows of one length, read together. */
  private float[] logits(LlamaForward forward, Variant variant, int[][] ids) {
    NDArray slab = forward.newCache(manager, ids.length, ids[0].length);
    List<TokenBatch.Part> parts = new ArrayList<>();
    for (int[] row : ids) parts.add(new TokenBatch.Part(variant, slab, parts.size(), 0, row, row.length));
    float[][] logits = EngineLogits.of(manager, forward, parts);
    float[] all = new float[logits.length * logits[0].length];
    for (int i = 0; i < logits.length; i++) System.arraycopy(logits[i], 0, all, i * logits[0].length, logits[0].length);
    return all;
  }

  private static float[] position(float[] logits, int index) {
    return Arrays.copyOfRange(logits, index * 513, (index + 1) * 513);
  }
}
