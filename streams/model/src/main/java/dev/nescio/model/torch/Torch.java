package dev.nescio.model.torch;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;

/**
 * The process's one PyTorch engine. Whoever needs DJL starts it here, so that its settings are made before it is
 * loaded.
 */
public final class Torch {

  static {
    optOut();
    OpenMp.spinBriefly();
  }

  private Torch() {}

  /** Starts the engine if need be. */
  public static Engine engine() {
    return Engine.getEngine("PyTorch");
  }

  /** DJL reports its start to its makers, by way of the cloud's metadata service, unless told not to. */
  public static void optOut() {
    System.setProperty("OPT_OUT_TRACKING", "true");
  }

  /** A new root of arrays on the CPU, the caller's to close. */
  public static NDManager newManager() {
    return newManager(TorchDevice.CPU);
  }

  /** A new root of arrays on a device, the caller's to close. */
  public static NDManager newManager(TorchDevice device) {
    return engine().newBaseManager(device.engine());
  }

  /** Number of CUDA devices that this libtorch can use. */
  public static int cudaDevices() {
    Engine engine = engine();
    return JniUtils.getFeatures().contains("CUDA") ? engine.getGpuCount() : 0;
  }

  /** Version of libtorch. */
  public static String version() {
    return engine().getVersion();
  }

  /** Sets the threads of one operation, for the whole process. */
  public static void setThreads(int threads) {
    if (threads < 1) throw new IllegalArgumentException("threads must be at least 1, is " + threads);
    engine();
    JniUtils.setNumThreads(threads);
  }

  /** Threads of one operation. */
  public static int threads() {
    engine();
    return JniUtils.getNumThreads();
  }
}
