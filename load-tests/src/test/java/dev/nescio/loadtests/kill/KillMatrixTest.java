package dev.nescio.loadtests.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.nescio.loadtests.kill.KillCase.Moment;
import dev.nescio.loadtests.kill.KillCase.Signal;
import dev.nescio.loadtests.kill.KillCase.Victim;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Five cases of the matrix on three brokers and four apps, in processes of their own. */
class KillMatrixTest {

  private static final int QUESTIONS = 100;

  private static final List<KillCase> CASES = List.of(
      KillCase.of(1, Victim.EVALUATION, Signal.KILL, Moment.COMMIT),
      KillCase.of(2, Victim.INFERENCE, Signal.STOP, Moment.LOADED),
      KillCase.of(3, Victim.BROKER, Signal.KILL, Moment.COMMIT),
      KillCase.of(4, Victim.INFERENCE, Signal.KILL, Moment.LOADED),
      KillCase.of(5, Victim.EVALUATION, Signal.TERM, Moment.LOADED));

  @TempDir
  private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void losesNothingRepeatsNothingAndCountsExactlyWhateverIsHit() throws Exception {
    assumeFalse(System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows"),
        "SKIPPED, needs a system where a process can be stopped and continued by a signal");
    try (Kills kills = Kills.start(directory, QUESTIONS)) {
      for (KillCase what : CASES) {
        KillRecord record = kills.run(what);
        System.out.println(record.line());
        assertThat(record.result().differences()).as(record.line()).isEmpty();
        assertThat(record.passed()).as(record.line()).isTrue();
      }
      Kills.Outcome outcome = kills.outcome();
      assertThat(outcome.result().differences()).isEmpty();
      assertThat(outcome.result().clean()).isTrue();
      assertThat(outcome.result().compared()).isGreaterThan(1_000);
      assertThat(outcome.hangingOffsets()).as("transactions left open").isZero();
    }
  }

  @Test
  void explainsItself() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("--seed", "--runs", "Exit codes");
  }

  @Test
  void takesWhatCannotBeRunAsWrongUsage() {
    assertThat(run("--runs", "0")).isEqualTo(2);
    assertThat(run("--seed", "-1")).isEqualTo(2);
    assertThat(run("--questions", "1")).isEqualTo(2);
    assertThat(run("--state", Path.of("src").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("--runs", "--seed", "--questions", "is not empty");
  }

  private int run(String... arguments) {
    return KillMatrix.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
  }
}
