package dev.nescio.producers;

/**
 * A line of a data file that could not be used.
 *
 * @param file    name of the file
 * @param line    from 1
 * @param field   field at fault; empty when the line as a whole is
 * @param problem what is wrong
 * @param fix     what to write instead
 */
public record BadLine(String file, long line, String field, String problem, String fix) {

  /** One line for people: {@code file:line: field "x": problem; fix}. */
  public String message() {
    return file + ":" + line + ": " + (field.isEmpty() ? "" : "field \"" + field + "\": ") + problem + "; " + fix;
  }
}
