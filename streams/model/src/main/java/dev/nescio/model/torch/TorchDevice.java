package dev.nescio.model.torch;

import ai.djl.Device;
import dev.nescio.model.files.FloatType;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a model lives.
 *
 * @param cuda number of the CUDA device; empty for the CPU
 */
public record TorchDevice(Optional<Integer> cuda) {

  public static final TorchDevice CPU = new TorchDevice(Optional.empty());

  private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,3}))?");

  /**
   * Reads what a user wrote.
   *
   * @param text {@code cpu}, {@code cuda} (the first one) or {@code cuda:N}
   * @throws IllegalArgumentException if it is something else
   */
  public static TorchDevice parse(String text) {
    if (text.equals("cpu")) return CPU;
    Matcher matcher = CUDA.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("device '" + text + "' is neither cpu, cuda nor cuda:N");
    }
    return new TorchDevice(Optional.of(matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1))));
  }

  /**
   * Checks that the device is there and can compute in this type, before anything is loaded.
   *
   * @throws UnsupportedDeviceException naming what was found and the way out
   */
  public void require(FloatType type) {
    require(type, Torch.cudaDevices());
  }

  void require(FloatType type, int cudaDevices) {
    if (cuda.isEmpty() && type != FloatType.FLOAT32) {
      throw new UnsupportedDeviceException("data type " + type + " was asked for on the CPU, where "
          + (type == FloatType.BFLOAT16 ? "libtorch " + Torch.version() + " ends the process over it"
              : "it is less exact than FLOAT32 and gains nothing") + "; use FLOAT32, or a CUDA device");
    }
    if (cuda.isPresent() && cuda.get() >= cudaDevices) {
      throw new UnsupportedDeviceException("device " + this + " was asked for, but "
          + (cudaDevices == 0 ? "there is no CUDA device (or libtorch " + Torch.version() + " was put in for the CPU)"
              : "there are only cuda:0 to cuda:" + (cudaDevices - 1))
          + "; use device cpu" + (cudaDevices == 0 ? ", or a machine with a GPU and its driver" : " or one of these"));
    }
  }

  Device engine() {
    return cuda.map(Device::gpu).orElseGet(Device::cpu);
  }

  @Override
  public String toString() {
    return cuda.map(n -> "cuda:" + n).orElse("cpu");
  }
}
