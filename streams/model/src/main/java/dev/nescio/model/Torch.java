package dev.nescio.model;

import ai.djl.Device;
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
  static void optOut() {
    System.setProperty("OPT_OUT_TRACKING", "true");
  }

  /** A new root of arrays on the CPU, the caller's to close. */
  public static NDManager newManager() {
    return engine().newBaseManager(Device.cpu());
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
