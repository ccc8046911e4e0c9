package dev.nescio.producers;

/** Ends the reading of one line; becomes a {@link BadLine}. */
final class BadFieldException extends RuntimeException {

  private static final long serialVersionUID = 1;
  private final String field;
  private final String fix;

  BadFieldException(String field, String problem, String fix) {
    super(problem, null, false, false);
    this.field = field;
    this.fix = fix;
  }

  String field() {
    return field;
  }

  String fix() {
    return fix;
  }
}
