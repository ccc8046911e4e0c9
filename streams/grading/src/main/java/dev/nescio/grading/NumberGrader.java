package dev.nescio.grading;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Optional;

/**
 * Correct when the first number of the candidate's first line is within a relative tolerance of an accepted number.
 * Separators of thousands, a decimal point or comma, words such as "million" and common units are read; quantities of
 * one dimension are converted, those of two never match, and a missing unit is forgiven. An accepted number that is
 * followed by another word ({@code 11 September}) matches only where that word stands too, or the candidate is the bare
 * number.
 *
 * <p>An accepted answer that is no number ({@code Apollo 11}) is compared as {@link StrictGrader} does.
 *
 * <p>Range: true or false. An empty candidate is never correct.
 */
public final class NumberGrader implements Grader {

  private final BigDecimal tolerance;
  private final StrictGrader strict = new StrictGrader();

  /**
   * @param tolerance as it stands in the name: largest distance over the accepted number, in [0, 1)
   */
  public NumberGrader(String tolerance) {
    this.tolerance = new BigDecimal(tolerance);
    if (this.tolerance.signum() < 0 || this.tolerance.compareTo(BigDecimal.ONE) >= 0) {
      throw new IllegalArgumentException("the tolerance of a number is in [0, 1), not " + tolerance);
    }
  }

  @Override
  public String name() {
    return "number:tolerance=" + tolerance.toPlainString();
  }

  @Override
  public boolean correct(String candidate, List<String> accepted) {
    Graders.requireAccepted(accepted);
    Optional<Quantity> said = Quantity.first(candidate);
    return accepted.stream().anyMatch(answer -> {
      Optional<Quantity> number = Quantity.first(answer).filter(Quantity::atHead);
      if (number.isEmpty()) return strict.correct(candidate, List.of(answer));
      return said.isPresent() && matches(said.get(), number.get());
    });
  }

  private boolean matches(Quantity said, Quantity answer) {
    if (said.unit().isPresent() && answer.unit().isPresent()
        && !said.unit().get().dimension().equals(answer.unit().get().dimension())) {
      return false;
    }
    boolean bare = said.atHead() && said.rest().isEmpty();
    if (!answer.rest().isEmpty() && !bare && !said.rest().contains(answer.rest().getFirst())) return false;
    return near(comparable(said, answer), comparable(answer, said));
  }

  /** In the base unit; the number as it stands when the other has no unit. */
  private static BigDecimal comparable(Quantity one, Quantity other) {
    return one.unit().isPresent() && other.unit().isEmpty()
        ? one.value().divide(one.unit().get().factor(), MathContext.DECIMAL128)
        : one.value();
  }

  private boolean near(BigDecimal said, BigDecimal answer) {
    return said.subtract(answer).abs().compareTo(answer.abs().multiply(tolerance)) <= 0;
  }
}
