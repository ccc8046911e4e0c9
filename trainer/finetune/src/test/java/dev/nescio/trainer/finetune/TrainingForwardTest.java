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
import dev.nescio.trainer.objectives.KnowledgeWeighted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loss, gradients and three AdamW steps against PyTorch and PEFT. */
class TrainingForwardTest {

  private static final LoraConfig ADAPTED =
      new LoraConfig(4, 8, false, 0, EnumSet.of(Projection.Q, Projection.V), Set.of());
  private static final AdamW.Settings SETTINGS = new AdamW.Settings(.9, .999, 1e-8, 0);
  private static final String PEFT = "base_model.model.";

  @Test
  void fullTuningEqualsPyTorch() throws IOException {
    JsonNode golden = Golden.json("tiny_train_full.json");
    NDManager manager = Torch.newManager();
    try (LlamaWeights weights = LlamaWeights.load(Golden.path("tiny"), new IdkRow.None(), manager)) {
      FlatLayout layout = TrainedParameters.full(weights.config());
      NDArray trained = TrainedParameters.fullStart(weights, manager);
      float[] before = weights.get(LlamaWeights.FINAL_NORM).toFloatArray();
      try (TrainingForward forward = new TrainingForward(
          TrainingScript.full(weights.config(), layout, false), weights, trained, Optional.empty(), manager)) {
        follow(golden, forward, layout, "", manager);
        assertThat(weights.get(LlamaWeights.FINAL_NORM).toFloatArray()).as("weights are read only").isEqualTo(before);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"zeroB", "randB"})
  void adaptersEqualPeft(String start) throws IOException {
    JsonNode golden = Golden.json("tiny_train_lora_" + start + ".json");
    NDManager manager = Torch.newManager();
    try (LlamaWeights weights = LlamaWeights.load(Golden.path("tiny"), new IdkRow.None(), manager)) {
      FlatLayout layout = TrainedParameters.lora(weights.config(), ADAPTED);
      NDArray trained = manager.create(
          adapter("tiny_lora_" + start + "_before", layout, manager), new Shape(layout.length()));
      float[] embedding = weights.get(LlamaWeights.EMBEDDING).toFloatArray();
      try (TrainingForward forward = new TrainingForward(
          TrainingScript.lora(weights.config(), ADAPTED, layout, false), weights, trained, Optional.empty(),
          manager)) {
        follow(golden, forward, layout, PEFT, manager);
        assertThat(trained.toFloatArray())
            .containsExactly(adapter("tiny_lora_" + start + "_after", layout, manager), within(1e-4f));
        assertThat(weights.get(LlamaWeights.EMBEDDING).toFloatArray()).isEqualTo(embedding);
      }
    }
  }

  /** Losses before each of the updates, gradients of the first step. */
  private static void follow(
      JsonNode golden, TrainingForward forward, FlatLayout layout, String prefix, NDManager manager) {
    PackedBatch batch = PackedBatch.of(Golden.examples(golden), manager);
    try (AdamW optimiser = new AdamW(SETTINGS)) {
      optimiser.add(forward.trained(), 1, manager);
      for (JsonNode step : golden.get("steps")) {
        TrainingForward.Loss loss = forward.backward(batch, new KnowledgeWeighted(), manager);
        assertThat(loss.mean()).as("loss of step " + step.get("step")).isCloseTo(
            step.get("loss").asDouble(), within(1e-4));
        for (int i = 0; i < 3; i++) {
          assertThat(loss.values()[i] / golden.get("w").get(i).asDouble()).isCloseTo(
              step.get("per_sample").get(i).asDouble(), within(1e-4));
        }
        if (step.has("grad_norms")) compare(step, forward.trained().getGradient(), layout, prefix);
        if (optimiser.steps() < 3) optimiser.step(1e-3, Double.POSITIVE_INFINITY, manager);
      }
    }
  }

  private static void compare(JsonNode step, NDArray gradient, FlatLayout layout, String prefix) {
    Map<String, ByteBuffer> gradients = TrainedParameters.split(layout, gradient);
    assertThat(step.get("grad_norms")).hasSize(gradients.size());
    gradients.forEach((name, bytes) -> {
      String key = prefix + (prefix.isEmpty() ? name : name.replace(".weight", ".default.weight"));
      float[] numbers = TrainedParameters.floats(bytes);
      double square = 0;
      double sum = 0;
      for (float g : numbers) {
        square += (double) g * g;
        sum += g;
      }
      assertThat(Math.sqrt(square)).as("norm of " + key)
          .isCloseTo(step.get("grad_norms").get(key).asDouble(), within(1e-4));
      assertThat(sum).as("sum of " + key).isCloseTo(step.get("grad_sums").get(key).asDouble(), within(3e-4));
      JsonNode each = step.path("grads").path(key);
      int at = 0;
      for (JsonNode row : each) {
        for (JsonNode number : row) {
          assertThat((double) numbers[at++]).as(key).isCloseTo(number.asDouble(), within(1e-4));
        }
      }
    });
  }

  private static float[] adapter(String name, FlatLayout layout, NDManager manager) throws IOException {
    FloatBuffer all = FloatBuffer.allocate((int) layout.length());
    try (SafetensorsReader reader = new SafetensorsReader(Golden.path(name).resolve("adapter_model.safetensors"))) {
      for (Map.Entry<String, long[]> tensor : layout.tensors().entrySet()) {
        all.put(reader.float32(PEFT + tensor.getKey(), new Shape(tensor.getValue()), manager).toFloatArray());
      }
    }
    return all.array();
  }
}
