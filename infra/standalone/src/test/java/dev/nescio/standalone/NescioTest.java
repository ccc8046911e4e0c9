package dev.nescio.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NescioTest {

  @Test
  void helpNamesEveryCommandAndTheExitCodes() {
    Ran ran = Ran.nescio("--help");
    assertThat(ran.code()).isZero();
    assertThat(ran.out()).contains(
        "demo", "up", "ask", "doctor", "model", "produce", "metrics", "generate", "logprobs", "2   wrong usage");
    assertThat(ran.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "up", "ask", "doctor", "model", "produce", "metrics", "generate", "logprobs"})
  void everyCommandHasHelp(String command) {
    Ran ran = Ran.nescio(command, "--help");
    assertThat(ran.code()).isZero();
    assertThat(ran.out()).contains("Usage: nescio " + command);
  }

  @Test
  void versionIsTold() {
    Ran ran = Ran.nescio("--version");
    assertThat(ran.code()).isZero();
    assertThat(ran.out()).startsWith("nescio 0.");
  }

  @Test
  void aMissingCommandIsWrongUsage() {
    Ran ran = Ran.nescio();
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("a command is missing, for example: nescio demo");
    assertThat(Ran.nescio("model").code()).isEqualTo(2);
  }

  @Test
  void anUnknownOptionIsWrongUsageAndNamed() {
    Ran ran = Ran.nescio("demo", "--qestions", "80");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("--qestions").contains("--questions");
  }

  @Test
  void anUnknownCommandIsWrongUsageAndNamed() {
    Ran ran = Ran.nescio("dmeo");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("dmeo");
  }

  @Test
  void aValueThatIsNoNumberIsWrongUsage() {
    Ran ran = Ran.nescio("up", "--port", "eighty");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("--port").contains("eighty");
  }
}
