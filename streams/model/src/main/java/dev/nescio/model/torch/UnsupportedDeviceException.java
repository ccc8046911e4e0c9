package dev.nescio.model.torch;

/** A device that is not there, or that cannot compute in the data type; the message names what was found. */
public final class UnsupportedDeviceException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public UnsupportedDeviceException(String message) {
    super(message);
  }
}
