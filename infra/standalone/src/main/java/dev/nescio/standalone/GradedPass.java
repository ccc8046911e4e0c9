package dev.nescio.standalone;

import dev.nescio.producers.BadLine;
import dev.nescio.producers.GradedFile;
import dev.nescio.producers.GradedLine;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One pass over a file of graded answers. Holds sums, and verdicts by id where files are compared, so a file of any
 * length can be read.
 */
final class GradedPass {

  private static final int BAD_SHOWN = 10;

  /**
   * What a comparison needs of a line.
   *
   * @param correct null without a label
   */
  record Verdict(Boolean correct, boolean idk) {}

  private final Path file;
  private final boolean paired;
  private final FileFigures all = new FileFigures();
  private final Map<String, FileFigures> bySlice = new TreeMap<>();
  private final Map<String, Verdict> byId = new LinkedHashMap<>();
  private final List<String> messages = new ArrayList<>();
  private long bad;

  private GradedPass(Path file, boolean paired) {
    this.file = file;
    this.paired = paired;
  }

  /**
   * Reads a file.
   *
   * @param paired true to keep verdicts by id
   * @throws UserError if it cannot be read or is empty, or an id that is to be paired stands twice
   */
  static GradedPass over(Path file, boolean paired) {
    GradedPass pass = new GradedPass(file, paired);
    try {
      GradedFile.each(file, pass::add, pass::reject);
    } catch (UncheckedIOException e) {
      throw new UserError(e.getMessage(), e);
    }
    if (pass.all.answers() == 0 && pass.bad == 0) {
      throw new UserError(file + " is empty; write {\"confidence\": 0.8, \"correct\": true} a line");
    }
    return pass;
  }

  private void add(GradedLine line) {
    all.add(line);
    line.slices().forEach((name, value) ->
        bySlice.computeIfAbsent(name + "=" + value, slice -> new FileFigures()).add(line));
    if (!paired || line.id().isEmpty()) return;
    if (byId.put(line.id().get(), new Verdict(line.correct().orElse(null), line.idk())) != null) {
      throw new UserError("the id \"" + line.id().get() + "\" stands twice in " + file
          + "; a comparison needs one line for each question");
    }
  }

  private void reject(BadLine line) {
    bad++;
    if (messages.size() < BAD_SHOWN) messages.add(line.message());
  }

  Path file() {
    return file;
  }

  FileFigures all() {
    return all;
  }

  /** By name and value. */
  Map<String, FileFigures> bySlice() {
    return bySlice;
  }

  Map<String, Verdict> byId() {
    return byId;
  }

  /** Lines that could not be used. */
  long bad() {
    return bad;
  }

  /** What is wrong with the first of them. */
  List<String> messages() {
    return messages;
  }
}
