package dev.nescio.producers;

import java.util.List;
import java.util.stream.Collectors;

/** Lines of a data file cannot be used, and the caller wanted all of them. */
public final class BadLinesException extends RuntimeException {

  private static final long serialVersionUID = 1;
  private static final int SHOWN = 10;

  /** Shows the first ten. */
  public BadLinesException(List<BadLine> bad) {
    super(bad.stream().limit(SHOWN).map(BadLine::message).collect(Collectors.joining("\n"))
        + (bad.size() > SHOWN ? "\n... and " + (bad.size() - SHOWN) + " more bad lines" : ""));
  }
}
