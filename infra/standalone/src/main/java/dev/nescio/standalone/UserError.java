package dev.nescio.standalone;

/** Something the user can mend: the message names the thing and the way out, and is all that is printed. */
final class UserError extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UserError(String message) {
    super(message);
  }

  UserError(String message, Throwable cause) {
    super(message, cause);
  }
}
