package dev.nescio.model.torch;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * A compiled TorchScript module.
 *
 * <p>{@link #run} calls any method without gradients. {@link #forwardWithGradients} calls {@code forward} with them,
 * inside an open {@code GradientCollector} of the same thread. Thread-safe for {@code run}; the module has no state.
 */
public final class TorchScript implements AutoCloseable {

  private final Model model;
  private final PtSymbolBlock block;

  private TorchScript(Model model) {
    this.model = model;
    this.block = (PtSymbolBlock) model.getBlock();
  }

  static TorchScript load(String name, InputStream archive) {
    Torch.engine();
    Model model = Model.newInstance(name, Device.cpu(), "PyTorch");
    try {
      model.load(archive);
      return new TorchScript(model);
    } catch (IOException | MalformedModelException | RuntimeException e) {
      model.close();
      throw new IllegalArgumentException("libtorch refuses the script " + name + ": " + e.getMessage(), e);
    }
  }

  /** The block, for use inside other DJL blocks. */
  public PtSymbolBlock block() {
    return block;
  }

  /**
   * Calls a method without gradients.
   *
   * @param method    its name
   * @param arguments tensors, lists, numbers; they stay the caller's to close
   * @return what it returned, the caller's to close
   */
  public IValue run(String method, IValue... arguments) {
    return IValueUtils.runMethod(block, method, arguments);
  }

  /**
   * Calls a method that returns a tensor or a tuple or list of tensors.
   *
   * @param owner     manager that owns the returned arrays
   * @param arguments closed by this call
   */
  public NDList run(NDManager owner, String method, IValue... arguments) {
    try (IValue result = run(method, arguments)) {
      return result.toNDList((PtNDManager) owner);
    } finally {
      for (IValue argument : arguments) argument.close();
    }
  }

  /**
   * Calls {@code forward} and records it for the backward pass.
   *
   * @param inputs in the order of the parameters; arrays with one name ending in {@code []}, such as {@code weights[]},
   *               form a list
   * @return owned by the manager of the first input
   */
  public NDList forwardWithGradients(NDList inputs) {
    return IValueUtils.forward(block, inputs, true);
  }

  /** A tensor as an argument. */
  public static IValue tensor(NDArray array) {
    return IValue.from((PtNDArray) array);
  }

  /** A list of tensors as an argument. */
  public static IValue tensors(List<NDArray> arrays) {
    PtNDArray[] list = new PtNDArray[arrays.size()];
    for (int i = 0; i < list.length; i++) list[i] = (PtNDArray) arrays.get(i);
    return IValue.listFrom(list);
  }

  @Override
  public void close() {
    model.close();
  }
}
