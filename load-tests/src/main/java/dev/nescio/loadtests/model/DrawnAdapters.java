package dev.nescio.loadtests.model;

import dev.nescio.loadtests.FileTree;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.Projection;
import dev.nescio.model.peft.PeftAdapter;
import dev.nescio.model.peft.PeftAdapter.Pair;
import dev.nescio.model.peft.PeftAdapter.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Adapters of the usual size that nobody trained: LoRA of rank 8 on queries and values, with small random weights.
 * Closing deletes their files.
 */
record DrawnAdapters(Path directory, List<Path> paths) implements AutoCloseable {

  private static final int RANK = 8;
  private static final float SCALE = .02f;

  DrawnAdapters {
    paths = List.copyOf(paths);
  }

  /** Writes some in PEFT's layout for a model in a directory. */
  static DrawnAdapters write(int count, Path model, long seed) throws IOException {
    LlamaConfig config = LlamaConfig.read(model);
    RandomGenerator random = new SplittableRandom(seed);
    Path directory = Files.createTempDirectory("nescio-adapters-");
    List<Path> paths = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      paths.add(Files.createDirectory(directory.resolve(Integer.toString(i))));
      drawn(config, random).write(paths.getLast(), config, model.getFileName().toString());
    }
    return new DrawnAdapters(directory, paths);
  }

  /** These, or others if there are none. */
  List<Path> or(List<Path> others) {
    return paths.isEmpty() ? others : paths;
  }

  @Override
  public void close() throws IOException {
    FileTree.delete(directory);
  }

  private static PeftAdapter drawn(LlamaConfig config, RandomGenerator random) {
    Map<Place, Pair> pairs = new HashMap<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      for (Projection projection : List.of(Projection.Q, Projection.V)) {
        pairs.put(new Place(layer, projection),
            new Pair(drawn(RANK * projection.in(config), random), drawn(projection.out(config) * RANK, random)));
      }
    }
    return new PeftAdapter(RANK, 2 * RANK, pairs, Optional.empty(), Optional.empty());
  }

  private static float[] drawn(int n, RandomGenerator random) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) values[i] = SCALE * (float) random.nextGaussian();
    return values;
  }
}
