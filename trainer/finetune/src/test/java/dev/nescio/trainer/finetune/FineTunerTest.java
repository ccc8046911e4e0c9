package dev.nescio.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.model.files.SafetensorsReader;
import dev.nescio.model.llama.IdkRow;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.tokenizer.ModelTokenizer;
import dev.nescio.model.torch.Torch;
import dev.nescio.trainer.recipes.TrainingExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FineTunerTest {

  private static final Map<String, String> QUICK = Map.of(
      "projections", "q_proj,v_proj", "rank", "4", "alpha", "8", "loraRate", "0.01", "idkRate", "0.01",
      "epochs", "4", "batch", "3", "seed", "5", "checkpointSteps", "3");
  private static final List<TrainingExample> EXAMPLES = TinyModel.examples(7);

  @TempDir Path directory;
  private Path base;
  private long nanos;

  @BeforeEach
  void copyModel() throws IOException {
    base = TinyModel.copyTo(directory.resolve("base"));
  }

  private FineTuner tuner(Map<String, String> changes) {
    Map<String, String> all = new HashMap<>(QUICK);
    all.putAll(changes);
    return new FineTuner(base, TinyModel.NAME, FineTuneConfig.of(all), () -> nanos += 1_000_000_000L);
  }

  private FineTuneResult run(Map<String, String> changes, String output) throws IOException {
    return tuner(changes).run(EXAMPLES, directory.resolve(output), FineTuneProgress.SILENT);
  }

  @Test
  void learnsAndWritesAnAdapterInTheLayoutOfPeft() throws IOException {
    FineTuneResult result = run(Map.of("epochs", "20"), "adapter");
    assertThat(result.steps()).isEqualTo(60);
    assertThat(result.lastEpochLoss()).isLessThan(result.firstEpochLoss() * .7);
    try (SafetensorsReader ours = new SafetensorsReader(directory.resolve("adapter/adapter_model.safetensors"));
        SafetensorsReader theirs =
            new SafetensorsReader(Golden.path("tiny_lora_idk").resolve("adapter_model.safetensors"));
        NDManager manager = Torch.newManager()) {
      assertThat(ours.names()).containsExactlyInAnyOrderElementsOf(theirs.names());
      for (String name : theirs.names()) {
        Shape shape = theirs.entry(name).shape();
        assertThat(ours.entry(name).shape()).isEqualTo(shape);
        float[] numbers = ours.float32(name, shape, manager).toFloatArray();
        for (float number : numbers) assertThat(number).as(name).isFinite().isNotZero();
      }
    }
    JsonNode config = new ObjectMapper().readTree(directory.resolve("adapter/adapter_config.json").toFile());
    assertThat(config.path("r").asInt()).isEqualTo(4);
    assertThat(config.path("lora_alpha").asDouble()).isEqualTo(8);
    assertThat(config.path("target_modules").toString()).isEqualTo("[\"q_proj\",\"v_proj\"]");
    assertThat(config.path("trainable_token_indices").toString()).isEqualTo("{\"embed_tokens\":[512]}");
    assertThat(config.path("base_model_name_or_path").asText()).isEqualTo("tiny");
    assertThat(Files.readString(directory.resolve("adapter/tokenizer.json"))).contains("<IDK>");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("base", "adapter");
    }
  }

  @Test
  void theSameRunGivesTheSameDigestAndAnotherSeedAnother() throws IOException {
    String digest = run(Map.of(), "a").digest();
    assertThat(run(Map.of(), "b").digest()).isEqualTo(digest);
    assertThat(run(Map.of("seed", "6"), "c").digest()).isNotEqualTo(digest);
    assertThat(tuner(Map.of()).run(EXAMPLES.reversed(), directory.resolve("d"), FineTuneProgress.SILENT).digest())
        .as("the order of the examples is no part of the dataset").isEqualTo(digest);
  }

  @Test
  void dropoutIsDrawnFromTheSeedAndGoesOnWhereARunWasKilled() throws IOException {
    Map<String, String> dropping = Map.of("dropout", "0.2", "rankStabilised", "true", "layers", "1");
    String digest = run(dropping, "a").digest();
    assertThat(run(Map.of("rankStabilised", "true", "layers", "1"), "without").digest()).isNotEqualTo(digest);
    Path output = directory.resolve("parts");
    assertThatThrownBy(() -> tuner(dropping).run(EXAMPLES, output, (step, steps, loss, rate, remaining) -> {
      if (step == 7) throw new IllegalStateException("killed");
    })).hasMessage("killed");
    FineTuneResult rest = tuner(dropping).run(EXAMPLES, output, FineTuneProgress.SILENT);
    assertThat(rest.resumedAt()).isEqualTo(6);
    assertThat(rest.digest()).isEqualTo(digest);
    JsonNode config = new ObjectMapper().readTree(directory.resolve("a/adapter_config.json").toFile());
    assertThat(config.path("use_rslora").asBoolean()).isTrue();
    assertThat(config.path("layers_to_transform").toString()).isEqualTo("[1]");
    assertThatThrownBy(() -> run(Map.of("layers", "2"), "x")).hasMessageContaining("layers must be below 2");
  }

  @Test
  void aRunThatWasStoppedGoesOnToTheSameResult() throws IOException {
    String digest = run(Map.of(), "whole").digest();
    Path output = directory.resolve("parts");
    assertThatThrownBy(() -> tuner(Map.of()).run(EXAMPLES, output, (step, steps, loss, rate, remaining) -> {
      if (step == 5) Thread.currentThread().interrupt();
    })).isInstanceOf(CancellationException.class).hasMessageContaining("after step 5 of 12");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(output).doesNotExist();
    List<Integer> steps = new ArrayList<>();
    FineTuneResult rest =
        tuner(Map.of()).run(EXAMPLES, output, (step, all, loss, rate, remaining) -> steps.add(step));
    assertThat(steps).containsExactly(6, 7, 8, 9, 10, 11, 12);
    assertThat(rest.digest()).isEqualTo(digest);
    assertThat(rest.resumedAt()).isEqualTo(5);
    assertThat(rest.took()).isEqualTo(Duration.ofSeconds(12));
    assertThat(directory.resolve("parts.checkpoint.safetensors")).doesNotExist();
  }

  @Test
  void aRunThatWasKilledGoesOnFromItsLastCheckpoint() throws IOException {
    String digest = run(Map.of(), "whole").digest();
    Path output = directory.resolve("parts");
    assertThatThrownBy(() -> tuner(Map.of()).run(EXAMPLES, output, (step, steps, loss, rate, remaining) -> {
      if (step == 8) throw new IllegalStateException("killed");
    })).hasMessage("killed");
    FineTuneResult rest = tuner(Map.of()).run(EXAMPLES, output, FineTuneProgress.SILENT);
    assertThat(rest.resumedAt()).isEqualTo(6);
    assertThat(rest.digest()).isEqualTo(digest);
  }

  @Test
  void aCheckpointOfAnotherRunIsNotUsed() throws IOException {
    Path output = directory.resolve("parts");
    assertThatThrownBy(() -> tuner(Map.of()).run(EXAMPLES, output, (step, steps, loss, rate, remaining) -> {
      if (step == 4) throw new IllegalStateException("killed");
    })).hasMessage("killed");
    assertThat(tuner(Map.of("seed", "9")).run(EXAMPLES, output, FineTuneProgress.SILENT).resumedAt()).isZero();
  }

  @Test
  void aFinishedRunIsFoundAgainAndNothingElseIsOverwritten() throws IOException {
    FineTuneResult first = run(Map.of(), "adapter");
    FineTuneResult again = tuner(Map.of()).run(EXAMPLES, directory.resolve("adapter"),
        (step, steps, loss, rate, remaining) -> {
          throw new AssertionError("must not train again");
        });
    assertThat(again.digest()).isEqualTo(first.digest());
    assertThat(again.tokensPerSecond()).isEqualTo(first.tokensPerSecond());
    assertThatThrownBy(() -> run(Map.of("seed", "6"), "adapter")).isInstanceOf(IOException.class)
        .hasMessageContaining("another run");
    assertThatThrownBy(() -> run(Map.of(), "base")).isInstanceOf(IOException.class)
        .hasMessageContaining("no output of fine-tuning");
  }

  @Test
  void tellsLossPaceAndRemainingTimeOfEveryStep() throws IOException {
    List<Duration> remaining = new ArrayList<>();
    tuner(Map.of()).run(EXAMPLES, directory.resolve("adapter"), (step, steps, loss, rate, left) -> {
      assertThat(steps).isEqualTo(12);
      assertThat(loss).isFinite().isPositive();
      assertThat(rate).isPositive();
      remaining.add(left);
    });
    assertThat(remaining).hasSize(12).startsWith(Duration.ofSeconds(11)).endsWith(Duration.ZERO);
  }

  @Test
  void fullTuningWritesAWholeModelWithTheRowOfIdk() throws IOException {
    FineTuneResult result = run(Map.of("method", "full", "fullRate", "0.001", "epochs", "8"), "model");
    assertThat(result.lastEpochLoss()).isLessThan(result.firstEpochLoss());
    assertThat(run(Map.of("method", "full", "fullRate", "0.001", "epochs", "8"), "again").digest())
        .isEqualTo(result.digest());
    try (NDManager manager = Torch.newManager();
        LlamaWeights tuned = LlamaWeights.load(directory.resolve("model"), new IdkRow.Last(), manager);
        LlamaWeights before = LlamaWeights.load(base, new IdkRow.MeanOf(3 + 'I'), manager);
        ModelTokenizer tokenizer =
            ModelTokenizer.open(directory.resolve("model"), Optional.of(512), tuned.config().endTokenId())) {
      assertThat(tuned.config().vocabSize()).isEqualTo(512);
      assertThat(tuned.names()).isEqualTo(before.names());
      for (String name : before.names()) {
        assertThat(tuned.get(name).toFloatArray()).as(name).isNotEqualTo(before.get(name).toFloatArray());
      }
      assertThat(tokenizer.idkId()).contains(512);
    }
  }

  @Test
  void onlyOneRunGoesOnInAProcess() throws IOException {
    tuner(Map.of("epochs", "1")).run(EXAMPLES, directory.resolve("outer"), (step, steps, loss, rate, remaining) ->
        assertThatThrownBy(() -> run(Map.of(), "inner")).isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("another fine-tuning"));
  }

  @Test
  void nothingToTrainOnIsSaid() {
    assertThatThrownBy(() -> tuner(Map.of()).run(List.of(), directory.resolve("x"), FineTuneProgress.SILENT))
        .hasMessageContaining("no examples");
  }
}
