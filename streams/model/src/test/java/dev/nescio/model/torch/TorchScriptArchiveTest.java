package dev.nescio.model.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import ai.djl.training.GradientCollector;
import java.util.List;
import org.junit.jupiter.api.Test;

class TorchScriptArchiveTest {

  private static final String SOURCE = """
      class Probe(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
        def forward(self: __torch__.Probe, x: Tensor, weights: List[Tensor]) -> Tensor:
          h = x
          for w in weights:
            h = torch.linear(h, w)
          return h
        def fill(self: __torch__.Probe, cache: Tensor, at: int, value: Tensor) -> Tuple[Tensor, Tensor]:
          slice = torch.narrow(cache, 1, at, torch.size(value, 1))
          done = torch.copy_(slice, value)
          if torch.gt(at, 0):
            sum = torch.sum(cache)
          else:
            sum = torch.sum(value)
          return (done, sum)
      """;

  @Test
  void runsAnyMethodAndWritesInPlace() {
    try (NDManager manager = NDManager.newBaseManager();
        TorchScript script = TorchScriptArchive.of(SOURCE).load()) {
      NDArray cache = manager.zeros(new Shape(2, 4));
      NDArray value = manager.create(new float[] {1, 2, 3, 4}, new Shape(2, 2));
      NDList result = script.run(
          manager, "fill", TorchScript.tensor(cache), IValue.from(2L), TorchScript.tensor(value));
      assertThat(cache.toFloatArray()).containsExactly(0, 0, 1, 2, 0, 0, 3, 4);
      assertThat(result.get(1).getFloat()).isEqualTo(10f);
    }
  }

  @Test
  void givesTheGradientOfAScriptedProduct() {
    try (NDManager manager = NDManager.newBaseManager();
        TorchScript script = TorchScriptArchive.of(SOURCE).load()) {
      NDArray x = manager.create(new float[] {1, 2, 3, 4}, new Shape(2, 2));
      NDArray w1 = manager.create(new float[] {1, 0, 0, 1}, new Shape(2, 2));
      NDArray w2 = manager.create(new float[] {2, 3}, new Shape(1, 2));
      w1.setRequiresGradient(true);
      try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
        w1.setName("weights[]");
        w2.setName("weights[]");
        NDArray y = script.forwardWithGradients(new NDList(x, w1, w2)).singletonOrThrow();
        assertThat(y.toFloatArray()).containsExactly(8, 18);
        collector.backward(y.sum());
      }
      // d(sum y)/d w1[i][j] = w2[i] * sum over rows of x[.][j]
      assertThat(w1.getGradient().toFloatArray()).containsExactly(8, 12, 12, 18);
    }
  }

  @Test
  void runTakesAListOfTensors() {
    try (NDManager manager = NDManager.newBaseManager();
        TorchScript script = TorchScriptArchive.of(SOURCE).load()) {
      NDArray x = manager.create(new float[] {1, 2}, new Shape(1, 2));
      NDArray w = manager.create(new float[] {1, 1, 1, -1}, new Shape(2, 2));
      NDList result = script.run(
          manager, "forward", TorchScript.tensor(x), TorchScript.tensors(List.of(w, w)));
      assertThat(result.singletonOrThrow().toFloatArray()).containsExactly(2, 4);
    }
  }

  @Test
  void saysWhichScriptLibtorchRefuses() {
    String broken = SOURCE.replace("torch.sum(cache)", "torch.no_such_operation(cache)");
    assertThatThrownBy(() -> TorchScriptArchive.of(broken).load())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Probe")
        .hasMessageContaining("no_such_operation");
  }
}
