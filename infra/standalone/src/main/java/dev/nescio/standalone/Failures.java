package dev.nescio.standalone;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
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
    String message = failure instanceof IOException io ? reason(io) : failure.getMessage();
    return (message == null ? failure.getClass().getSimpleName() : message) + logHint();
  }

  /** What went wrong with a file, in words: the JDK's own message is often no more than the path. */
  static String reason(IOException failure) {
    return switch (failure) {
      case NoSuchFileException e -> e.getFile() + " does not exist";
      case AccessDeniedException e -> "no permission for " + e.getFile();
      case FileAlreadyExistsException e -> e.getFile() + " is there already";
      case NotDirectoryException e -> e.getFile() + " is no directory";
      case IOException e when e.getMessage() == null -> e.getClass().getSimpleName();
      case IOException e -> e.getMessage();
    };
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
