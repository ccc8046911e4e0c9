package dev.nescio.grading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RougeLGraderTest {

  @Test
  void agreesWithThePublishedProgram() throws IOException {
    String golden;
    try (var in = getClass().getResourceAsStream("/golden/rouge-l.tsv")) {
      golden = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    List<String> lines = golden.lines().toList();
    assertThat(lines).hasSizeGreaterThan(10);
    for (String line : lines) {
      String[] fields = line.split("\t");
      List<String> said = RougeLGrader.words(fields[0]);
      List<String> accepted = RougeLGrader.words(fields[1]);
      double f1 = 2.0 * RougeLGrader.longestCommonSubsequence(said, accepted) / (said.size() + accepted.size());
      assertThat(f1).as(line).isCloseTo(Double.parseDouble(fields[2]), within(1e-11));
    }
  }

  @Test
  void theThresholdItselfIsReached() {
    // Common: 3 words of 3 and 7: 2·3/10 = .6.
    List<String> accepted = List.of("New York City");
    String candidate = "It is called the New York City";
    assertThat(new RougeLGrader("0.6").correct(candidate, accepted)).isTrue();
    assertThat(new RougeLGrader("0.61").correct(candidate, accepted)).isFalse();
  }

  @Test
  void forgivesInflectionAndReadsEveryScript() {
    RougeLGrader grader = new RougeLGrader("0.6");
    assertThat(grader.correct("running waters", List.of("run water"))).isTrue();
    assertThat(grader.correct("\u6771\u4eac", List.of("\u6771\u4eac"))).isTrue();
    assertThat(grader.correct("\u041c\u043e\u0441\u043a\u0432\u0430", List.of("\u041a\u0438\u0435\u0432"))).isFalse();
  }

  @Test
  void thresholdsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> new RougeLGrader("0")).hasMessageContaining("(0, 1]");
    assertThatThrownBy(() -> new RougeLGrader("1.1")).hasMessageContaining("(0, 1]");
  }
}
