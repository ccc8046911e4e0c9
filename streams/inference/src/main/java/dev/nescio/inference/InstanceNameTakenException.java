package dev.nescio.inference;

/** Another running instance uses the same name in the same group; the message says what to change. */
public final class InstanceNameTakenException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  InstanceNameTakenException(String name, Throwable cause) {
    super("another running instance is " + name + " too; give each instance of the group its own \"instance\"", cause);
  }
}
