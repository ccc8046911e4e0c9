package dev.nescio.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.model.files.SafetensorsReader;
import dev.nescio.model.llama.IdkRow;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.llama.Projection;
import dev.nescio.model.torch.Torch;
import dev.nescio.trainer.objectives.CrossEntropy;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PackedBatchTest {

  private static final LoraConfig ADAPTED =
      new LoraConfig(4, 8, false, 0, EnumSet.of(Projection.Q, Projection.V), Set.of());

  @Property(tries = 200)
  void everySequenceIsInExactlyOneRowThatHoldsIt(
      @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 1, max = 60) Integer> lengths) {
    Packing packing = Packing.of(lengths);
    List<Integer> placed = new ArrayList<>();
    for (List<Integer> row : packing.rows()) {
      assertThat(row.stream().mapToInt(lengths::get).sum()).isLessThanOrEqualTo(packing.capacity());
      placed.addAll(row);
    }
    assertThat(placed).hasSize(lengths.size()).doesNotHaveDuplicates();
    int padded = lengths.size() * lengths.stream().mapToInt(Integer::intValue).max().orElseThrow();
    assertThat(packing.rows().size() * packing.capacity()).isLessThanOrEqualTo(padded + padded / 10);
  }

  @Test
  void equalLengthsAreNotPackedAndRaggedOnesAre() {
    assertThat(Packing.of(List.of(128, 128, 128, 128)).capacity()).isEqualTo(128);
    Packing ragged = Packing.of(List.of(30, 10, 10, 10));
    assertThat(ragged.rows().size() * ragged.capacity()).isEqualTo(60);
  }

  @Test
  void aPackedBatchGivesEachExampleWhatItHasAlone() throws IOException {
    Random random = new Random(3);
    List<EncodedExample> examples = new ArrayList<>();
    for (int length : new int[] {9, 3, 14, 5, 2, 7}) {
      examples.add(new EncodedExample(random.ints(length, 3, 513).toArray(),
          random.ints(1 + length / 3, 3, 513).toArray(), 1, false));
    }
    NDManager manager = Torch.newManager();
    try (LlamaWeights weights = LlamaWeights.load(Golden.path("tiny"), new IdkRow.MeanOf(10, 20, 30), manager);
        TrainingForward forward = golden(weights, manager)) {
      PackedBatch batch = PackedBatch.of(examples, manager);
      assertThat(batch.ids().getShape().get(0)).as("rows").isLessThan(examples.size());
      double[] together = forward.backward(batch, new CrossEntropy(), manager).values();
      float[] gradient = forward.trained().getGradient().toFloatArray();
      float[] idkGradient = forward.idk().orElseThrow().getGradient().toFloatArray();
      clear(forward, manager);
      for (int i = 0; i < examples.size(); i++) {
        PackedBatch alone = PackedBatch.of(List.of(examples.get(i)), manager);
        assertThat(forward.backward(alone, new CrossEntropy(), manager).mean()).isCloseTo(together[i], within(1e-5));
      }
      assertSum(forward.trained().getGradient().toFloatArray(), gradient, examples.size());
      assertSum(forward.idk().orElseThrow().getGradient().toFloatArray(), idkGradient, examples.size());
    }
  }

  @Test
  void lossesWithIdkEqualThoseOfPeftsLogits() throws IOException {
    JsonNode golden = Golden.json("tiny_lora_idk.json");
    NDManager manager = Torch.newManager();
    try (LlamaWeights weights = LlamaWeights.load(Golden.path("tiny"), new IdkRow.MeanOf(10, 20, 30), manager);
        TrainingForward forward = golden(weights, manager)) {
      float[] initial = weights.idkRow().orElseThrow().toFloatArray();
      for (int i = 0; i < initial.length; i++) {
        assertThat((double) initial[i]).isCloseTo(golden.get("initial_row").get(i).asDouble(), within(1e-6));
      }
      for (int target : new int[] {0, 77, 511, 512}) {
        List<EncodedExample> examples = new ArrayList<>();
        for (JsonNode ids : golden.get("input_ids")) {
          int[] prompt = new int[ids.size()];
          for (int i = 0; i < prompt.length; i++) prompt[i] = ids.get(i).asInt();
          examples.add(new EncodedExample(prompt, new int[] {target}, 1, false));
        }
        double[] losses =
            forward.backward(PackedBatch.of(examples, manager), new CrossEntropy(), manager).values();
        for (int i = 0; i < losses.length; i++) {
          assertThat(losses[i]).isCloseTo(crossEntropy(golden.get("logits_last").get(i), target), within(1e-4));
        }
      }
    }
  }

  private static double crossEntropy(JsonNode logits, int target) {
    double sum = 0;
    for (JsonNode logit : logits) sum += Math.exp(logit.asDouble());
    return Math.log(sum) - logits.get(target).asDouble();
  }

  /** The golden adapter with its row. */
  private static TrainingForward golden(LlamaWeights weights, NDManager manager) throws IOException {
    FlatLayout layout = TrainedParameters.lora(weights.config(), ADAPTED);
    FloatBuffer all = FloatBuffer.allocate((int) layout.length());
    try (SafetensorsReader reader =
        new SafetensorsReader(Golden.path("tiny_lora_idk").resolve("adapter_model.safetensors"))) {
      for (Map.Entry<String, long[]> tensor : layout.tensors().entrySet()) {
        all.put(reader.float32("base_model.model." + tensor.getKey(), new Shape(tensor.getValue()), manager)
            .toFloatArray());
      }
      NDArray row = reader.float32("base_model.model.model.embed_tokens.token_adapter.trainable_tokens_delta",
          new Shape(1, 64), manager);
      return new TrainingForward(TrainingScript.lora(weights.config(), ADAPTED, layout, true), weights,
          manager.create(all.array()), Optional.of(manager.create(row.toFloatArray())), manager);
    }
  }

  private static void clear(TrainingForward forward, NDManager manager) {
    try (AdamW zero = new AdamW(new AdamW.Settings(.9, .999, 1e-8, 0))) {
      zero.add(forward.trained(), 1, manager);
      zero.add(forward.idk().orElseThrow(), 1, manager);
      zero.step(0, Double.POSITIVE_INFINITY, manager);
    }
  }

  private static void assertSum(float[] summed, float[] mean, int examples) {
    for (int i = 0; i < mean.length; i++) {
      assertThat(summed[i] / examples).isCloseTo(mean[i], within(1e-5f));
    }
  }
}
