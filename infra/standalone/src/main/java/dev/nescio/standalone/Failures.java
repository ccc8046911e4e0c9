package dev.nescio.standalone;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Locale;

/** Turns a failure into one message that names the thing and the way out. */
final class Failures {

  private Failures() {}

  static String explain(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof UserError) return t.getMessage();
      if (isFullDisk(t)) {
        String where = t instanceof FileSystemException f && f.getFile() != null ? " while writing " + f.getFile() : "";
        return "the disk is full" + where + "; free some space or choose another place with --state or --cache";
      }
    }
    String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    return message + logHint();
  }

  private static boolean isFullDisk(Throwable t) {
    if (!(t instanceof IOException) || t.getMessage() == null) return false;
    String text = t.getMessage().toLowerCase(Locale.ROOT);
    return text.contains("no space left on device") || text.contains("disk quota exceeded");
  }

  private static String logHint() {
    String log = System.getProperty("nescio.log");
    return log == null ? "" : "\n        the log is " + log;
  }
}
