package dev.nescio.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.language.GenerationRequest;
import dev.nescio.language.UnknownAdapterException;
import dev.nescio.model.engine.TorchLanguageModel;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.Projection;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalModelConfig;
import dev.nescio.model.peft.PeftAdapter.Pair;
import dev.nescio.model.peft.PeftAdapter.Place;
import dev.nescio.model.peft.PeftAdapter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What adapters take is given back: 200 are loaded, asked and dropped. */
class AdapterMemoryTest {

  private static final Logger log = LoggerFactory.getLogger(AdapterMemoryTest.class);
  private static final int ADAPTERS = 200;

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @EnabledOnOs(OS.LINUX)
  void twoHundredAdaptersOfABiggerModelLeaveNothingBehind(boolean kernels) throws IOException {
    BiggerModel.write(directory);
    // One adapter has 1.5 MB, so keeping each would make 150 MB between the two looks.
    assertThat(growth(kernels, 16)).isLessThan(75L << 20);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @EnabledOnOs(OS.LINUX)
  void twoHundredAdaptersOfTheTinyModelLeaveNothingBehind(boolean kernels) throws IOException {
    TinyModel.write(directory);
    assertThat(growth(kernels, 8)).isLessThan(75L << 20);
  }

  /** Returns by how many bytes the second hundred adapters made heap and native memory grow. */
  private long growth(boolean kernels, int rank) throws IOException {
    try (LocalLanguageModel model =
        LocalLanguageModels.open(LocalModelConfig.of(directory).withKernels(kernels))) {
      LlamaConfig config = LlamaConfig.read(directory);
      Map<Place, Pair> pairs = pairs(config, rank);
      Pair changing = pairs.get(new Place(0, Projection.Q));
      String prompt = "Question: what is it?\n\nAnswer:";
      long arrays = 0;
      // The heap comes and goes, so the least of several looks counts.
      long middle = Long.MAX_VALUE;
      long end = Long.MAX_VALUE;
      String last = "";
      for (int i = 1; i <= ADAPTERS; i++) {
        changing.b()[0] = i;
        PeftAdapter adapter = new PeftAdapter(rank, 2 * rank, pairs, Optional.empty(), Optional.empty());
        String id = model.loadAdapter(adapter);
        assertThat(id).isNotEqualTo(last);
        last = id;
        // A prefix that is kept for an adapter goes with it.
        if (i % 10 == 0) {
          model.generate(List.of(GenerationRequest.greedy(prompt + " x", 1).withSharedPrefix(prompt)
              .withAdapter(Optional.of(id))));
        }
        model.unloadAdapter(id);
        if (i == ADAPTERS / 2) arrays = liveArrays(model);
        if (i % 10 == 0 && i > ADAPTERS / 2 - 40 && i <= ADAPTERS / 2) middle = Math.min(middle, Memory.used());
        if (i % 10 == 0 && i > ADAPTERS - 40) end = Math.min(end, Memory.used());
      }
      assertThat(liveArrays(model)).as("arrays").isEqualTo(arrays);
      String gone = last;
      assertThatThrownBy(() -> model.generate(List.of(
          GenerationRequest.greedy(prompt, 2).withAdapter(Optional.of(gone)))))
          .isInstanceOf(UnknownAdapterException.class);
      log.info("kernels {}, rank {}: {} MB after {} adapters, {} MB after {}", kernels, rank, middle >> 20,
          ADAPTERS / 2, end >> 20, ADAPTERS);
      return end - middle;
    }
  }

  private static Map<Place, Pair> pairs(LlamaConfig config, int rank) {
    SplittableRandom random = new SplittableRandom(1);
    Map<Place, Pair> pairs = new TreeMap<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      for (Projection projection : Projection.values()) {
        pairs.put(new Place(layer, projection), new Pair(
            BiggerModel.numbers(rank * projection.in(config), random),
            BiggerModel.numbers(projection.out(config) * rank, random)));
      }
    }
    return pairs;
  }

  /** Of an engine's model; the kernels' memory is no array. */
  private static long liveArrays(LocalLanguageModel model) {
    return model instanceof TorchLanguageModel torch ? torch.weights().manager().getManagedArrays().size() : 0;
  }
}
