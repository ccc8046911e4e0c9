package dev.nescio.language;

/** The model or server cannot give the evidence asked for; the message says which. */
public final class UnsupportedEvidenceException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public UnsupportedEvidenceException(String message) {
    super(message);
  }
}
