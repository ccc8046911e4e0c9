package dev.nescio.grading;

import java.util.List;
import java.util.stream.Collectors;

/** The list of graders; a new one is added here. */
public final class Graders {

  /** The grader that decides {@code Label.correct} unless configured otherwise. */
  public static final Grader DEFAULT = new LenientGrader();

  private static final List<Grader> ALL = List.of(DEFAULT, new StrictGrader(), new RougeLGrader("0.35"),
      new RougeLGrader("0.6"), new NumberGrader("0.01"), new MultipleChoiceGrader());

  private Graders() {}

  public static List<Grader> all() {
    return ALL;
  }

  /**
   * @throws IllegalArgumentException with the known names when there is no grader of that name
   */
  public static Grader named(String name) {
    return ALL.stream().filter(grader -> grader.name().equals(name)).findFirst().orElseThrow(
        () -> new IllegalArgumentException("no grader is called \"" + name + "\"; there are "
            + ALL.stream().map(Grader::name).collect(Collectors.joining(", "))));
  }

  static void requireAccepted(List<String> accepted) {
    if (accepted.isEmpty()) {
      throw new IllegalArgumentException("a grade needs at least one accepted answer; the reference has none");
    }
  }
}
