package dev.nescio.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.UnknownAdapterException;
import dev.nescio.model.PeftAdapter.Pair;
import dev.nescio.model.PeftAdapter.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What adapters take is given back: 200 are loaded, asked and dropped. */
class AdapterMemoryTest {

  private static final Logger log = LoggerFactory.getLogger(AdapterMemoryTest.class);
  private static final int ADAPTERS = 200;
  /** The first ones make heap and pools as big as they get. */
  private static final int SETTLED = 60;

  @TempDir private Path directory;

  @Test
  @EnabledOnOs(OS.LINUX)
  void twoHundredAdaptersOfABigModelLeaveNothingBehind() throws IOException {
    TinyModel.write(directory);
    enlarge();
    long leak = cycle(8);
    log.info("{} adapters of the bigger model: resident size grew by {} bytes", ADAPTERS - SETTLED, leak);
    // One adapter has 1.5 MB, so keeping each would make 210 MB.
    assertThat(leak).isLessThan(100L << 20);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void twoHundredAdaptersOfTheTinyModelLeaveNothingBehind() throws IOException {
    TinyModel.write(directory);
    assertThat(cycle(8)).isLessThan(100L << 20);
  }

  /** Returns by how many resident bytes the later adapters made the process grow. */
  private long cycle(int rank) throws IOException {
    try (TorchLanguageModel model = TorchLanguageModel.open(TorchModelConfig.of(directory))) {
      LlamaConfig config = model.weights().config();
      Map<Place, Pair> pairs = pairs(config, rank);
      Pair changing = pairs.get(new Place(0, Projection.Q));
      String prompt = "Question: what is it?\n\nAnswer:";
      long arrays = 0;
      long resident = 0;
      String last = "";
      for (int i = 0; i < ADAPTERS; i++) {
        if (i == SETTLED) {
          arrays = liveArrays(model);
          resident = resident();
        }
        changing.b()[0] = i;
        String id = model.loadAdapter(new PeftAdapter(rank, 2 * rank, pairs, Optional.empty(), Optional.empty()));
        assertThat(id).isNotEqualTo(last);
        last = id;
        // A prefix that is kept for an adapter goes with it.
        model.generate(List.of(GenerationRequest.greedy(prompt + " x", 1).withSharedPrefix(prompt)
            .withAdapter(Optional.of(id))));
        model.unloadAdapter(id);
      }
      assertThat(liveArrays(model)).as("arrays").isEqualTo(arrays);
      String gone = last;
      assertThatThrownBy(() -> model.generate(List.of(
          GenerationRequest.greedy(prompt, 2).withAdapter(Optional.of(gone)))))
          .isInstanceOf(UnknownAdapterException.class);
      return resident() - resident;
    }
  }

  private static Map<Place, Pair> pairs(LlamaConfig config, int rank) {
    SplittableRandom random = new SplittableRandom(1);
    Map<Place, Pair> pairs = new TreeMap<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      for (Projection projection : Projection.values()) {
        pairs.put(new Place(layer, projection), new Pair(
            numbers(rank * projection.in(config), random), numbers(projection.out(config) * rank, random)));
      }
    }
    return pairs;
  }

  private static float[] numbers(int count, SplittableRandom random) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) numbers[i] = (float) ((random.nextDouble() - .5) * .01);
    return numbers;
  }

  /** Hidden 512, 4 layers, random weights: 55 MB. */
  private void enlarge() throws IOException {
    Path file = directory.resolve("config.json");
    ObjectNode json = (ObjectNode) Json.read(file);
    json.put("hidden_size", 512).put("intermediate_size", 2048).put("num_hidden_layers", 4)
        .put("num_attention_heads", 8).put("num_key_value_heads", 8).put("head_dim", 64);
    Files.write(file, Json.pretty(json));
    Map<String, long[]> shapes = new LinkedHashMap<>();
    LlamaWeights.shapes(LlamaConfig.read(directory)).forEach((name, shape) -> shapes.put(name, shape.getShape()));
    SplittableRandom random = new SplittableRandom(2);
    SafetensorsWriter.write(directory.resolve("model.safetensors"), shapes, Map.of(), name -> {
      long[] shape = shapes.get(name);
      float[] numbers = numbers((int) (shape[0] * (shape.length > 1 ? shape[1] : 1)), random);
      ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(numbers);
      return bytes;
    });
  }

  /** Of the model, with those of its sub-managers. */
  private static long liveArrays(TorchLanguageModel model) {
    return model.weights().manager().getManagedArrays().size();
  }

  private static long resident() {
    System.gc();
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      String line = lines.filter(text -> text.startsWith("VmRSS:")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
