package dev.nescio.grading;

import java.util.List;

/** Judges a candidate text against accepted answers. Stateless and thread-safe. */
public interface Grader {

  /** Stable id with every parameter that changes a grade, for example {@code lenient}. */
  String name();

  /**
   * @param candidate what the model said; empty is never correct
   * @param accepted  accepted answers, at least one
   */
  boolean correct(String candidate, List<String> accepted);
}
