package dev.nescio.standalone;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * Lines and progress for people. On a terminal a progress line is rewritten in place; into a file it is one line for
 * each tenth.
 */
final class Terminal {

  private static final int BAR_CELLS = 24;

  private final PrintWriter out;
  private final boolean interactive;
  private String pending = "";
  private int lastTenth = -1;
  private String lastTitle = "";

  Terminal(PrintWriter out, boolean interactive) {
    this.out = out;
    this.interactive = interactive;
  }

  static Terminal of(PrintWriter out) {
    return new Terminal(out, System.console() != null && System.console().isTerminal());
  }

  synchronized void line(String text) {
    clear();
    out.println(text);
    out.flush();
  }

  /**
   * @param title     what is being done
   * @param done      units finished
   * @param total     units in all, above 0
   * @param unit      what is counted
   * @param remaining estimate, or null when there is none yet
   */
  synchronized void progress(String title, long done, long total, String unit, Duration remaining, String note) {
    int tenth = (int) (10 * done / Math.max(1, total));
    if (!title.equals(lastTitle)) lastTenth = -1;
    lastTitle = title;
    String text = "  %-26s %s %4d/%d %s%s%s".formatted(
        title, bar(done, total), done, total, unit,
        remaining == null || done >= total ? "" : ", about " + seconds(remaining) + " left",
        note.isEmpty() ? "" : ", " + note);
    if (interactive) {
      clear();
      out.print(text);
      out.flush();
      pending = text;
    } else if (tenth > lastTenth) {
      out.println(text);
      out.flush();
    }
    lastTenth = tenth;
  }

  static String seconds(Duration d) {
    long s = Math.max(0, d.toSeconds());
    return s < 60 ? s + " s" : String.format(Locale.ROOT, "%d min %02d s", s / 60, s % 60);
  }

  private static String bar(long done, long total) {
    int filled = (int) Math.min(BAR_CELLS, BAR_CELLS * done / Math.max(1, total));
    return "[" + "#".repeat(filled) + ".".repeat(BAR_CELLS - filled) + "]";
  }

  private void clear() {
    if (pending.isEmpty()) return;
    out.print("\r" + " ".repeat(pending.length()) + "\r");
    pending = "";
  }
}
