package dev.nescio.model.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ExpressionSourceTest {

  @Test
  void notBindsLooserThanTestsAndComparisons() {
    assertThat(rewritten("not x is defined")).isEqualTo("not ( x is defined) ");
    assertThat(rewritten("if not a == b and not c in d or e")).isEqualTo("if not ( a == b) and not ( c in d) or e");
    assertThat(rewritten("f(not a, b)")).isEqualTo("f(not ( a) , b)");
    assertThat(rewritten("not not a[1] if b else c")).isEqualTo("not ( not ( a[1])) if b else c");
  }

  @Test
  void leavesNotInAndIsNotAlone() {
    assertThat(rewritten("a not in b")).isEqualTo("a not in b");
    assertThat(rewritten("a is not none and b")).isEqualTo("a is not none and b");
    assertThat(rewritten("'not x' + \"it's not\"")).isEqualTo("'not x' + \"it's not\"");
    assertThat(rewritten("notable.not_in")).isEqualTo("notable.not_in");
  }

  @Test
  void namedArgumentsAreWhole() {
    assertThat(rewritten("namespace(n=a|length - 1, b='x')")).isEqualTo("namespace(n=(a|length - 1) , b=('x') )");
    assertThat(rewritten("set x = a == b")).isEqualTo("set x = a == b");
    assertThat(rewritten("f(a == b, c != d, e >= g)")).isEqualTo("f(a == b, c != d, e >= g)");
    assertThat(rewritten("macro f(a, b=false)")).isEqualTo("macro f(a, b=false)");
  }

  @Test
  void turnsSlicesRound() {
    assertThat(rewritten("for m in messages[::-1]")).isEqualTo("for m in messages.reversed()");
  }

  @Test
  void tellsTheFilters() {
    TreeSet<String> filters = new TreeSet<>();
    ExpressionSource.rewritten("a | trim|map('upper') | join('|x')", filters);
    assertThat(filters).containsExactly("join", "map", "trim");
  }

  private static String rewritten(String source) {
    return ExpressionSource.rewritten(source, new TreeSet<>());
  }
}
