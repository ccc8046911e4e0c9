package dev.nescio.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TerminalTest {

  private final StringWriter written = new StringWriter();

  @Test
  void intoAFileProgressIsOneLineForEachTenth() {
    Terminal terminal = new Terminal(new PrintWriter(written), false);
    for (int done = 0; done <= 100; done++) terminal.progress("tuning", done, 100, "steps", null, "");

    assertThat(written.toString().lines()).hasSize(11);
    assertThat(written.toString().lines().toList().get(5)).isEqualTo(
        "  tuning                     [############............]   50/100 steps");
    assertThat(written.toString()).doesNotContain("\r");
  }

  @Test
  void aNewTitleBeginsAnew() {
    Terminal terminal = new Terminal(new PrintWriter(written), false);
    terminal.progress("first", 10, 10, "steps", null, "");
    terminal.progress("second", 0, 10, "steps", null, "");
    assertThat(written.toString().lines()).hasSize(2);
  }

  @Test
  void theEstimateIsShownUntilAllIsDone() {
    Terminal terminal = new Terminal(new PrintWriter(written), false);
    terminal.progress("tuning", 5, 10, "steps", Duration.ofSeconds(65), "loss 1.2");
    terminal.progress("tuning", 10, 10, "steps", Duration.ofSeconds(65), "loss 1.1");
    assertThat(written.toString().lines().toList())
        .satisfiesExactly(
            first -> assertThat(first).endsWith("5/10 steps, about 1 min 05 s left, loss 1.2"),
            second -> assertThat(second).endsWith("10/10 steps, loss 1.1"));
  }

  @Test
  void onATerminalAProgressLineGoesAwayBeforeTheNextLine() {
    Terminal terminal = new Terminal(new PrintWriter(written), true);
    terminal.progress("tuning", 1, 100, "steps", null, "");
    String shown = written.toString();
    terminal.line("done");
    String wiped = "\r" + " ".repeat(shown.length()) + "\r";
    assertThat(written.toString()).isEqualTo(shown + wiped + "done" + System.lineSeparator());
  }

  @Test
  void durationsAreShort() {
    assertThat(Terminal.seconds(Duration.ofMillis(1_900))).isEqualTo("1 s");
    assertThat(Terminal.seconds(Duration.ofSeconds(125))).isEqualTo("2 min 05 s");
    assertThat(Terminal.seconds(Duration.ofSeconds(-3))).isEqualTo("0 s");
  }
}
