package dev.nescio.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.model.llama.IdkRow;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.llama.Projection;
import dev.nescio.model.peft.PeftAdapter;
import dev.nescio.model.torch.Torch;
import dev.nescio.trainer.objectives.KnowledgeWeighted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters of other kinds than the plain one against PEFT; the files are made by {@code golden/peft_reference.py}. */
class LoraVariantsTest {

  private static final String ROW = "base_model.model.model.embed_tokens.token_adapter.trainable_tokens_delta.default";
  private static final Map<String, LoraConfig> VARIANTS = Map.of(
      "rslora", new LoraConfig(4, 8, true, 0, EnumSet.allOf(Projection.class), Set.of()),
      "layers", new LoraConfig(2, 3, false, 0, EnumSet.of(Projection.K, Projection.DOWN), Set.of(1)),
      "idk", new LoraConfig(4, 8, false, 0, EnumSet.allOf(Projection.class), Set.of()),
      "dropout", new LoraConfig(4, 8, false, .25, EnumSet.allOf(Projection.class), Set.of()));

  private record Variant(
      LlamaWeights weights, FlatLayout layout, LoraConfig lora, TrainingForward forward, NDManager manager)
      implements AutoCloseable {

    static Variant of(String name, LoraConfig lora) throws IOException {
      NDManager manager = Torch.newManager();
      boolean idk = name.equals("idk");
      LlamaWeights weights = LlamaWeights.load(
          Golden.path("tiny"), idk ? new IdkRow.MeanOf(10, 20, 30) : new IdkRow.None(), manager);
      FlatLayout layout = TrainedParameters.lora(weights.config(), lora);
      PeftAdapter before = PeftAdapter.read(Golden.path("peft_" + name + "_before"), weights.config());
      Optional<NDArray> row = before.idkRow().map(manager::create);
      TrainingForward forward = new TrainingForward(TrainingScript.lora(weights.config(), lora, layout, idk), weights,
          manager.create(flat(before, layout)), row, manager);
      return new Variant(weights, layout, lora, forward, manager);
    }

    @Override
    public void close() {
      forward.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rslora", "layers", "idk"})
  void lossesGradientsAndStepsEqualThoseOfPeft(String name) throws IOException {
    JsonNode golden = Golden.json("peft_" + name + ".json");
    double rate = golden.get("rates").get("lora").asDouble();
    double clip = golden.get("clip").isNull() ? Double.POSITIVE_INFINITY : golden.get("clip").asDouble();
    try (Variant variant = Variant.of(name, VARIANTS.get(name));
        AdamW optimiser = new AdamW(new AdamW.Settings(.9, .999, 1e-8, golden.get("decay").asDouble()))) {
      optimiser.add(variant.forward().trained(), 1, variant.manager());
      variant.forward().idk().ifPresent(row ->
          optimiser.add(row, golden.get("rates").get("row").asDouble() / rate, variant.manager()));
      PackedBatch batch = PackedBatch.of(examples(golden), variant.manager());
      for (JsonNode step : golden.get("steps")) {
        TrainingForward.Loss loss = variant.forward().backward(batch, new KnowledgeWeighted(), variant.manager());
        assertThat(loss.mean()).as("loss of step " + step.get("step"))
            .isCloseTo(step.get("loss").asDouble(), within(1e-4));
        for (int i = 0; i < 3; i++) {
          assertThat(loss.values()[i] / golden.get("w").get(i).asDouble())
              .isCloseTo(step.get("per_sample").get(i).asDouble(), within(2e-4));
        }
        compareGradients(step, variant);
        if (optimiser.steps() < 3) {
          optimiser.step(rate, clip, variant.manager());
        }
      }
      PeftAdapter after = PeftAdapter.read(Golden.path("peft_" + name + "_after"), variant.weights().config());
      assertThat(variant.forward().trained().toFloatArray())
          .containsExactly(flat(after, variant.layout()), within(1e-4f));
      assertThat(variant.forward().idk().isPresent()).isEqualTo(after.idkRow().isPresent());
      after.idkRow().ifPresent(row ->
          assertThat(variant.forward().idk().orElseThrow().toFloatArray()).containsExactly(row, within(1e-4f)));
    }
  }

  @Test
  void dropoutEqualsThatOfPeftFromTheSameSeed() throws IOException {
    JsonNode golden = Golden.json("peft_dropout.json");
    try (Variant variant = Variant.of("dropout", VARIANTS.get("dropout"))) {
      EncodedExample example = new EncodedExample(ints(golden.get("prompt")), ints(golden.get("target")), 1, false);
      PackedBatch batch = PackedBatch.of(List.of(example), variant.manager());
      JniUtils.setSeed(golden.get("seed").asLong());
      double loss = variant.forward().backward(batch, new KnowledgeWeighted(), variant.manager()).mean();
      assertThat(loss).isCloseTo(golden.get("loss").asDouble(), within(1e-4));
      compareGradients(golden, variant);
    }
  }

  @Test
  void dropoutLeavesTheGradientOfBAloneOnAverage() throws IOException {
    // With B = 0 that gradient is linear in what A reads, so dropping with scaling is unbiased.
    double[] exact = gradientOfB(0, 1)[0];
    int draws = 300;
    double[][] dropped = gradientOfB(.3, draws);
    int beyond = 0;
    for (int i = 0; i < exact.length; i++) {
      double sum = 0;
      double squares = 0;
      for (double[] draw : dropped) {
        sum += draw[i];
        squares += draw[i] * draw[i];
      }
      double mean = sum / draws;
      double error = Math.sqrt(Math.max(0, squares / draws - mean * mean) / draws);
      if (Math.abs(mean - exact[i]) > 4 * error + 1e-6) beyond++;
    }
    assertThat(beyond).as("of " + exact.length + " beyond four standard errors").isLessThanOrEqualTo(2);
    assertThat(dropped[0]).isNotEqualTo(dropped[1]);
  }

  /** Gradient of one B of the last layer, where B = 0, for seeds from 0. */
  private static double[][] gradientOfB(double dropout, int draws) throws IOException {
    LoraConfig lora = new LoraConfig(2, 2, false, dropout, EnumSet.of(Projection.DOWN), Set.of(1));
    NDManager manager = Torch.newManager();
    try (LlamaWeights weights = LlamaWeights.load(Golden.path("tiny"), new IdkRow.None(), manager)) {
      FlatLayout layout = TrainedParameters.lora(weights.config(), lora);
      NDArray trained = manager.create(TrainedParameters.loraStart(layout, 3));
      try (TrainingForward forward = new TrainingForward(TrainingScript.lora(weights.config(), lora, layout, false),
              weights, trained, Optional.empty(), manager);
          AdamW zero = new AdamW(new AdamW.Settings(.9, .999, 1e-8, 0))) {
        zero.add(trained, 1, manager);
        PackedBatch batch = PackedBatch.of(
            List.of(new EncodedExample(new int[] {1, 40, 300}, new int[] {7, 2}, 1, false)), manager);
        double[][] gradients = new double[draws][];
        for (int draw = 0; draw < draws; draw++) {
          try (NDManager scope = manager.newSubManager()) {
            JniUtils.setSeed(draw);
            forward.backward(batch, new KnowledgeWeighted(), scope);
            NDArray gradient = trained.getGradient();
            gradient.attach(scope);
            float[] b = TrainedParameters.floats(
                TrainedParameters.split(layout, gradient).get(TrainedParameters.loraB(1, Projection.DOWN)));
            gradients[draw] = new double[b.length];
            for (int i = 0; i < b.length; i++) gradients[draw][i] = b[i];
            zero.step(0, Double.POSITIVE_INFINITY, scope);
          }
        }
        return gradients;
      }
    }
  }

  private static void compareGradients(JsonNode golden, Variant variant) {
    Map<String, ByteBuffer> gradients =
        TrainedParameters.split(variant.layout(), variant.forward().trained().getGradient());
    int expected = gradients.size() + variant.forward().idk().map(row -> 1).orElse(0);
    assertThat(golden.get("grad_norms")).hasSize(expected);
    gradients.forEach((name, bytes) -> compare(
        golden, "base_model.model." + name.replace(".weight", ".default.weight"), TrainedParameters.floats(bytes)));
    variant.forward().idk().ifPresent(row -> compare(golden, ROW, row.getGradient().toFloatArray()));
  }

  private static void compare(JsonNode golden, String key, float[] gradient) {
    double squares = 0;
    double sum = 0;
    for (float g : gradient) {
      squares += (double) g * g;
      sum += g;
    }
    double norm = golden.get("grad_norms").get(key).asDouble();
    assertThat(Math.sqrt(squares)).as("norm of " + key).isCloseTo(norm, within(1e-4 + 1e-4 * norm));
    if (golden.has("grad_sums")) {
      assertThat(sum).as("sum of " + key).isCloseTo(golden.get("grad_sums").get(key).asDouble(),
          within(1e-3 + 1e-4 * norm));
    }
  }

  private static List<EncodedExample> examples(JsonNode golden) {
    List<EncodedExample> examples = new ArrayList<>();
    for (int i = 0; i < golden.get("prompts").size(); i++) {
      examples.add(new EncodedExample(ints(golden.get("prompts").get(i)), ints(golden.get("targets").get(i)),
          golden.get("w").get(i).asDouble(), false));
    }
    return examples;
  }

  private static float[] flat(PeftAdapter adapter, FlatLayout layout) {
    FloatBuffer all = FloatBuffer.allocate((int) layout.length());
    adapter.pairs().values().forEach(pair -> all.put(pair.a()).put(pair.b()));
    assertThat(all.remaining()).isZero();
    return all.array();
  }

  private static int[] ints(JsonNode list) {
    int[] ints = new int[list.size()];
    for (int i = 0; i < ints.length; i++) ints[i] = list.get(i).asInt();
    return ints;
  }
}
