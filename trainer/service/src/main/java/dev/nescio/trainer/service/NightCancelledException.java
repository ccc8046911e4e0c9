package dev.nescio.trainer.service;

/** The night was told to stop: another instance took over, or the process ends. */
public final class NightCancelledException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public NightCancelledException() {
    super("the night was cancelled");
  }
}
