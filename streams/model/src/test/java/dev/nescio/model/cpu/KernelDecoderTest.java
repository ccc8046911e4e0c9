package dev.nescio.model.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.model.Golden;
import dev.nescio.model.kernel.Adapter;
import dev.nescio.model.kernel.Decoder;
import dev.nescio.model.kernel.KvPool;
import dev.nescio.model.kernel.KvSequence;
import dev.nescio.model.kernel.Logits;
import dev.nescio.model.kernel.Span;
import dev.nescio.model.kernel.Team;
import dev.nescio.model.kernel.WeightFormat;
import dev.nescio.model.llama.IdkRow;
import dev.nescio.model.peft.PeftAdapter;
import dev.nescio.model.sampling.Sampler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernels against values that transformers and PEFT computed. */
class KernelDecoderTest {

  private static final float TOLERANCE = 1e-4f;

  private final Team team = new Team(2);
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open.reversed()) one.close();
    team.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama3", "untied", "qwen2", "mistral", "mistral-window", "qwen2-window"})
  void everyFamilyEqualsItsReferenceAtOnceAndTokenByToken(String name) throws IOException {
    PackedModel model = model("families/" + name, new IdkRow.None());
    for (JsonNode input : Golden.json("families/" + name + "/forward.json").get("inputs")) {
      int[] ids = Golden.ints(input.get("input_ids"));
      float[][] logits = logits(model, model.base(), ids, ids.length);
      assertClose(logits[0], input.get("first_logits"));
      assertClose(logits[ids.length - 1], input.get("last_logits"));
      for (int piece : new int[] {1, 2, 3}) assertThat(logits(model, model.base(), ids, piece)).isDeepEqualTo(logits);
      int[] greedy = Golden.ints(input.get("greedy_ids"));
      int[] all = Arrays.copyOf(ids, ids.length + greedy.length);
      System.arraycopy(greedy, 0, all, ids.length, greedy.length);
      float[][] rows = logits(model, model.base(), all, 1);
      for (int i = 0; i < greedy.length; i++) assertThat(Sampler.best(rows[ids.length - 1 + i])).isEqualTo(greedy[i]);
    }
  }

  @Test
  void anAdapterWithARowForIdkEqualsPeft() throws IOException {
    JsonNode golden = Golden.json("families/untied-adapter/forward.json");
    PackedModel model = model("families/untied", new IdkRow.MeanOf(10, 20, 30));
    PeftAdapter peft = PeftAdapter.read(Golden.path("families/untied-adapter"), model.config());
    KernelAdapters adapters = new KernelAdapters(model, WeightFormat.FLOAT32);
    Adapter adapter = adapters.get(Optional.of(adapters.load(peft))).adapter();
    float[][] logits = logits(model, adapter, Golden.ints(golden.get("input_ids")), 2);
    assertClose(logits[2], golden.get("logits_at_idk"));
    assertClose(logits[4], golden.get("last_logits"));
  }

  /** Logits [T, V] of a sequence that is read in pieces. */
  private float[][] logits(PackedModel model, Adapter adapter, int[] ids, int piece) {
    Decoder decoder = new Decoder(model.weights().shape(), team, 64, 64, 128);
    KvPool pool = new KvPool(model.weights().shape());
    open.add(pool);
    KvSequence kv = new KvSequence(pool);
    List<float[]> rows = new ArrayList<>();
    for (int from = 0; from < ids.length; from += piece) {
      int[] part = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + piece));
      Logits logits = decoder.run(model.weights(), List.of(new Span(kv, part, adapter, part.length, Optional.empty())));
      for (int i = 0; i < part.length; i++) {
        rows.add(Arrays.copyOfRange(logits.values(), i * logits.stride(), i * logits.stride() + logits.width()));
      }
    }
    return rows.toArray(float[][]::new);
  }

  private PackedModel model(String golden, IdkRow idk) throws IOException {
    PackedModel model = PackedModel.load(Golden.path(golden), idk, WeightFormat.FLOAT32, team);
    open.add(model);
    return model;
  }

  private static void assertClose(float[] actual, JsonNode expected) {
    assertThat(actual).usingComparatorWithPrecision(TOLERANCE).containsExactly(Golden.floats(expected));
  }
}
