package dev.nescio.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.nescio.model.llama.IdkRow;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.torch.Torch;
import dev.nescio.trainer.objectives.KnowledgeWeighted;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Steps a second on the real model; a measurement, so it runs only when asked for. */
@EnabledIfSystemProperty(named = "nescio.measure", matches = "true")
class TrainingSpeedTest {

  @Test
  void measuresTokensPerSecond() throws IOException {
    for (String method : System.getProperty("nescio.methods", "lora,full").split(",")) {
      FineTuneConfig config = FineTuneConfig.of(Map.of("method", method));
      NDManager manager = Torch.newManager();
      JniUtils.setGraphExecutorOptimize(Boolean.getBoolean("nescio.optimize"));
      try (LlamaWeights weights = LlamaWeights.load(RealModel.directory(), new IdkRow.MeanOf(57, 1326), manager)) {
        try (Tunable tunable = Tunable.of(config, weights, manager);
            AdamW optimiser = new AdamW(new AdamW.Settings(.9, .999, 1e-8, .01))) {
          optimiser.add(tunable.forward().trained(), 1, manager);
          optimiser.add(tunable.forward().idk().orElseThrow(), 1, manager);
          measure(method + ", 8 x 128 tokens, all of them targets", batch(8, 127, 127, 1), tunable, optimiser);
          measure(method + ", 8 x 128 tokens, 16 targets", batch(8, 112, 112, 16), tunable, optimiser);
          measure(method + ", 8 short questions", batch(8, 12, 22, 5), tunable, optimiser);
        }
      }
    }
  }

  /** Time of day, or the processor time of this thread, which other processes on the machine disturb less. */
  private static long now() {
    return Boolean.getBoolean("nescio.cpuTime")
        ? ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() : System.nanoTime();
  }

  private static List<EncodedExample> batch(int examples, int low, int high, int targets) {
    Random random = new Random(1);
    List<EncodedExample> batch = new ArrayList<>();
    for (int i = 0; i < examples; i++) {
      int prompt = targets == 1 ? 1 : low + random.nextInt(high - low + 1);
      int target = targets == 1 ? 128 : targets + (low == high ? 0 : random.nextInt(3) - 1);
      batch.add(new EncodedExample(random.ints(prompt, 0, 49000).toArray(), random.ints(target, 0, 49000).toArray(),
          1, false));
    }
    return batch;
  }

  private static void measure(String name, List<EncodedExample> examples, Tunable tunable, AdamW optimiser) {
    List<Double> rates = new ArrayList<>();
    double[] split = new double[2];
    for (int i = 0; i < Integer.getInteger("nescio.rounds", 6); i++) {
      try (NDManager scope = tunable.manager().newSubManager()) {
        long start = now();
        PackedBatch batch = PackedBatch.of(examples, scope);
        double loss = tunable.forward().backward(batch, new KnowledgeWeighted(), scope).mean();
        long middle = now();
        optimiser.step(1e-4, 1, scope);
        long end = now();
        assertThat(loss).isFinite();
        if (i > 0) rates.add(batch.tokens() / ((end - start) / 1e9));
        split[0] = (middle - start) / 1e6;
        split[1] = (end - middle) / 1e6;
        if (i == 0) System.out.println(name + ": rows " + batch.ids().getShape() + ", tokens " + batch.tokens());
      }
    }
    rates.sort(null);
    System.out.printf("%s: %.0f tokens/s (median of 5), last step %.0f ms, optimiser %.0f ms%n",
        name, rates.get(rates.size() / 2), split[0], split[1]);
  }
}
