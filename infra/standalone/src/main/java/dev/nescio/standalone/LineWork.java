package dev.nescio.standalone;

import dev.nescio.language.ChatTemplateException;
import dev.nescio.language.PromptTooLongException;
import dev.nescio.producers.BadLine;
import dev.nescio.producers.Lines;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * The lines of a file that a model is asked about, a part at a time. A part that the model refuses is done line by
 * line, so that a bad line costs no good one; each refusal is named with file, number and field.
 */
final class LineWork<T> {

  /** Asks the model about some lines and writes the results. */
  interface Step<T> {
    void run(List<T> part) throws IOException;
  }

  /**
   * What the user is told.
   *
   * @param title what is done, for example {@code Generating}
   * @param unit  what a line holds, for example {@code prompts}
   */
  record Words(String title, String unit) {}

  private final Path file;
  private final Words words;
  private final ToLongFunction<T> number;
  private final Function<T, String> field;
  private final Terminal terminal;
  private long done;
  private long refused;

  /**
   * @param number of an item's line
   * @param field  of the line that is named when the model refuses it
   */
  LineWork(Path file, Words words, ToLongFunction<T> number, Function<T, String> field, Terminal terminal) {
    this.file = file;
    this.words = words;
    this.number = number;
    this.field = field;
    this.terminal = terminal;
  }

  /**
   * Names the bad lines and returns the good ones.
   *
   * @param example a line as it should be
   * @throws UserError when there is none: a model need not be loaded for that
   */
  List<T> items(Lines<T> lines, String example) {
    for (BadLine bad : lines.bad()) refuse(bad.message());
    if (!lines.items().isEmpty()) return lines.items();
    throw new UserError(refused > 0 ? "no line of " + file + " can be used"
        : file + " holds no " + words.unit() + "; write one object a line, for example " + example);
  }

  /**
   * Works through what is open.
   *
   * @param size lines of a part
   */
  void run(List<T> open, int size, Step<T> step) throws IOException {
    long start = System.nanoTime();
    for (int from = 0; from < open.size(); from += size) {
      List<T> part = open.subList(from, Math.min(from + size, open.size()));
      try {
        step.run(part);
        done += part.size();
      } catch (PromptTooLongException | ChatTemplateException | IllegalArgumentException e) {
        for (T one : part) runOrRefuse(one, step);
      }
      int past = from + part.size();
      Duration remaining = Duration.ofNanos((System.nanoTime() - start) / past * (open.size() - past));
      String note = refused == 0 ? "" : refused + " refused";
      terminal.progress(words.title(), past, open.size(), words.unit(), remaining, note);
    }
  }

  /** Says what was done; returns the exit code. */
  int end(Optional<Path> output) {
    output.ifPresent(path -> terminal.line(
        done + " " + words.unit() + " done" + (refused == 0 ? "" : ", " + refused + " refused") + "; see " + path));
    return refused == 0 ? 0 : 1;
  }

  private void runOrRefuse(T one, Step<T> step) throws IOException {
    try {
      step.run(List.of(one));
      done++;
    } catch (PromptTooLongException | ChatTemplateException | IllegalArgumentException e) {
      refuse(file + ":" + number.applyAsLong(one) + ": field \"" + field.apply(one) + "\": " + e.getMessage());
    }
  }

  private void refuse(String message) {
    refused++;
    terminal.line(message);
  }
}
