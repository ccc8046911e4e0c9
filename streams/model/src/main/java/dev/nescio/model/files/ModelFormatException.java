package dev.nescio.model.files;

import java.io.IOException;

/** A model file that cannot be used; the message names the file, what is wrong with it and the way out. */
public final class ModelFormatException extends IOException {

  private static final long serialVersionUID = 1L;

  public ModelFormatException(String message) {
    super(message);
  }

  public ModelFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
