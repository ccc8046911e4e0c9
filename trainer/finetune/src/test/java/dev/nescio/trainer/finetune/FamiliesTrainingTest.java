package dev.nescio.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.Generation;
import dev.nescio.model.engine.TorchLanguageModel;
import dev.nescio.model.llama.IdkRow;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.local.LocalModelConfig;
import dev.nescio.model.peft.PeftAdapter;
import dev.nescio.model.torch.Torch;
import dev.nescio.trainer.objectives.CrossEntropy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models with biases, stretched rotary embeddings and a head of their own train as they answer. */
class FamiliesTrainingTest {

  private static final String PROMPT = "Question: Capital of a?\n\nAnswer:";
  private static final String TARGET = " A0 and more";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"llama3, lora", "llama3, full", "mistral, lora", "mistral, full", "qwen2, lora", "qwen2, full",
      "qwen2-window, lora", "untied, lora", "untied, full"})
  void theLossBeforeTheFirstStepIsWhatTheModelSaysOfTheTarget(String family, String method) throws IOException {
    Path base = TinyModel.copyTo(directory.resolve("base"), family);
    double expected;
    try (TorchLanguageModel model = TorchLanguageModel.open(LocalModelConfig.of(base))) {
      Generation.Sequence scored =
          model.score(List.of(new ContinuationRequest(PROMPT, TARGET, Optional.empty()))).getFirst();
      expected = -scored.sequenceLogProb() / scored.tokens().size();
    }
    FineTuneConfig config = FineTuneConfig.of(Map.of("method", method));
    NDManager manager = Torch.newManager();
    try (LlamaWeights weights = LlamaWeights.load(base, new IdkRow.MeanOf(ids("I don't know")), manager);
        Tunable tunable = Tunable.of(config, weights, manager)) {
      EncodedExample example = new EncodedExample(ids(PROMPT), ids(TARGET), 1, false);
      PackedBatch batch = PackedBatch.of(List.of(example), manager);
      assertThat(tunable.forward().backward(batch, new CrossEntropy(), manager).mean())
          .isCloseTo(expected, within(1e-4));
    }
  }

  /** Asked for the fourth time, when libtorch has optimised the script. */
  @ParameterizedTest
  @ValueSource(strings = {"mistral", "qwen2-window"})
  void theGradientThroughAWindowIsTheSlopeOfTheLoss(String family) throws IOException {
    Path base = TinyModel.copyTo(directory.resolve("base"), family);
    NDManager manager = Torch.newManager();
    try (LlamaWeights weights = LlamaWeights.load(base, new IdkRow.MeanOf(ids("I don't know")), manager);
        Tunable tunable = Tunable.of(FineTuneConfig.of(Map.of("method", "full")), weights, manager)) {
      TrainingForward forward = tunable.forward();
      PackedBatch batch = PackedBatch.of(
          List.of(new EncodedExample(ids(PROMPT), ids(TARGET), 1, false),
              new EncodedExample(ids(PROMPT + PROMPT), ids(" B"), 1, false)), manager);
      for (int i = 0; i < 3; i++) forward.backward(batch, new CrossEntropy(), manager);
      float[] before = forward.trained().getGradient().toFloatArray();
      forward.backward(batch, new CrossEntropy(), manager);
      float[] after = forward.trained().getGradient().toFloatArray();
      float[] direction = new float[after.length];
      double square = 0;
      for (int i = 0; i < direction.length; i++) {
        direction[i] = after[i] - before[i];
        square += (double) direction[i] * direction[i];
      }
      // Steps against and along the gradient g: the loss differs by 2 e g g.
      double e = .02 / square;
      double[] losses = new double[2];
      for (int side = 0; side < 2; side++) {
        float step = (float) (side == 0 ? -e : 2 * e);
        forward.trained().addi(manager.create(direction).muli(step));
        losses[side] = forward.backward(batch, new CrossEntropy(), manager).mean();
      }
      assertThat(losses[1] - losses[0]).isCloseTo(2 * e * square, within(1e-3));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama3", "mistral", "qwen2", "qwen2-window", "untied"})
  void adaptersOfEveryFamilyLearnAndLoad(String family) throws IOException {
    Path base = TinyModel.copyTo(directory.resolve("base"), family);
    FineTuneConfig config = FineTuneConfig.of(Map.of(
        "loraRate", "0.01", "idkRate", "0.01", "epochs", "10", "batch", "7", "objective", "cross-entropy"));
    FineTuneResult result = new FineTuner(base, TinyModel.NAME, config, System::nanoTime)
        .run(TinyModel.examples(7), directory.resolve("adapter"), FineTuneProgress.SILENT);
    assertThat(result.lastEpochLoss()).isLessThan(result.firstEpochLoss() * .8);
    LlamaConfig shape = LlamaConfig.read(base);
    PeftAdapter adapter = PeftAdapter.read(result.directory(), shape);
    assertThat(adapter.id()).isEqualTo(result.digest());
    assertThat(adapter.idkOutputRow().isPresent()).isEqualTo(!shape.tiedEmbeddings());
    try (TorchLanguageModel model = TorchLanguageModel.open(LocalModelConfig.of(base))) {
      Optional<String> id = Optional.of(model.loadAdapter(result.directory()));
      double tuned = model.score(List.of(new ContinuationRequest(PROMPT, " A0", id))).getFirst().sequenceLogProb();
      double plain = model.score(List.of(new ContinuationRequest(PROMPT, " A0", Optional.empty()))).getFirst()
          .sequenceLogProb();
      assertThat(tuned).isGreaterThan(plain + 1);
    }
  }

  private static int[] ids(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[bytes.length];
    for (int i = 0; i < ids.length; i++) ids[i] = 3 + bytes[i];
    return ids;
  }
}
