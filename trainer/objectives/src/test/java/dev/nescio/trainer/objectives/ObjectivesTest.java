package dev.nescio.trainer.objectives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What holds for every objective. */
class ObjectivesTest {

  @Property(tries = 50)
  void extraPaddingChangesNothing(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 7) int examples, @ForAll @IntRange(max = 5) int extra) {
    Batches batch = Batches.random(seed, examples, 6);
    try (NDManager manager = NDManager.newBaseManager()) {
      for (Objective objective : Objectives.all()) {
        float[] tight = objective.values(batch.padded(manager, batch.longest(), 0)).toFloatArray();
        float[] wide = objective.values(batch.padded(manager, batch.longest() + extra, 77)).toFloatArray();
        assertThat(wide).as(objective.name()).containsExactly(tight, within(1e-5f));
      }
    }
  }

  @Property(tries = 50)
  void permutingTheBatchOnlyPermutesTheValues(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 7) int examples) {
    Batches batch = Batches.random(seed, examples, 6);
    List<Integer> order = new ArrayList<>(IntStream.range(0, examples).boxed().toList());
    Collections.shuffle(order, new Random(seed));
    try (NDManager manager = NDManager.newBaseManager()) {
      for (Objective objective : Objectives.all()) {
        float[] values = objective.values(batch.padded(manager, 6, 0)).toFloatArray();
        float[] permuted = objective.values(batch.permuted(order).padded(manager, 6, 0)).toFloatArray();
        for (int i = 0; i < examples; i++) {
          assertThat(permuted[i]).as(objective.name()).isCloseTo(values[order.get(i)], within(1e-5f));
        }
      }
    }
  }

  @Test
  void gradientsEqualFiniteDifferences() {
    Batches batch = Batches.random(5, 3, 2);
    long[] targets = {1, 3, 0, 2, 2, 1};
    Random random = new Random(11);
    float[] logits = new float[3 * 2 * 4];
    for (int i = 0; i < logits.length; i++) logits[i] = (float) random.nextGaussian();
    for (Objective objective : Objectives.all()) {
      float[] gradient = gradient(objective, batch, logits, targets);
      for (int i = 0; i < logits.length; i++) {
        float[] up = logits.clone();
        float[] down = logits.clone();
        up[i] += 1e-2f;
        down[i] -= 1e-2f;
        double difference = (loss(objective, batch, up, targets) - loss(objective, batch, down, targets)) / 2e-2;
        assertThat((double) gradient[i]).as(objective.name() + " at " + i).isCloseTo(difference, within(2e-4));
      }
    }
  }

  private static NDArray mean(Objective objective, Batches batch, NDArray logits, long[] targets, NDManager manager) {
    NDArray index = manager.create(targets, new Shape(6, 1));
    NDArray losses = logits.logSoftmax(1).gather(index, 1).neg().reshape(3, 2);
    TargetLosses plain = batch.padded(manager, 2, 0);
    return objective.values(new TargetLosses(losses, plain.mask(), plain.weights(), plain.unknown())).mean();
  }

  private static double loss(Objective objective, Batches batch, float[] logits, long[] targets) {
    try (NDManager manager = NDManager.newBaseManager()) {
      return mean(objective, batch, manager.create(logits, new Shape(6, 4)), targets, manager).getFloat();
    }
  }

  private static float[] gradient(Objective objective, Batches batch, float[] logits, long[] targets) {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray variable = manager.create(logits, new Shape(6, 4)).toType(DataType.FLOAT32, false);
      variable.setRequiresGradient(true);
      try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
        collector.backward(mean(objective, batch, variable, targets, manager));
      }
      return variable.getGradient().toFloatArray();
    }
  }

  @Test
  void namesAreUniqueAndFindTheObjective() {
    assertThat(Objectives.all()).extracting(Objective::name).doesNotHaveDuplicates();
    for (Objective objective : Objectives.all()) {
      assertThat(Objectives.named(objective.name())).isEqualTo(objective);
    }
    assertThatThrownBy(() -> Objectives.named("magic")).hasMessageContaining("cross-entropy");
  }

  @Test
  void everyObjectiveClassIsInTheList() throws IOException, URISyntaxException, ClassNotFoundException {
    Path classes = Path.of(Objective.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Class<?>> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(classes.resolve("dev/nescio/trainer/objectives"))) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString().replace(".class", "");
        Class<?> type = Class.forName("dev.nescio.trainer.objectives." + name);
        if (Objective.class.isAssignableFrom(type) && !type.isInterface()) found.add(type);
      }
    }
    assertThat(Objectives.all()).extracting(Object::getClass).containsExactlyInAnyOrderElementsOf(
        found.stream().<Class<?>>map(type -> type).toList());
  }

  @Test
  void shapesAreChecked() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray losses = manager.ones(new Shape(2, 3));
      NDArray column = manager.ones(new Shape(2));
      assertThatThrownBy(() -> new TargetLosses(losses, losses, column, manager.ones(new Shape(3))))
          .hasMessageContaining("unknown is (2)");
      assertThatThrownBy(() -> new TargetLosses(column, losses, column, column)).hasMessageContaining("[B, T]");
    }
  }
}
