package dev.nescio.loadtests.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchmarkFlowTest {

  @ParameterizedTest
  @CsvSource({"--runs 0,2,--runs", "--rows 0,2,--rows", "--speed 3,2,--speed", "--model /nowhere/at-all,1,nowhere"})
  void saysWhatIsWrongWithItsArguments(String arguments, int code, String named) {
    StringWriter err = new StringWriter();
    assertThat(BenchmarkFlow.run(arguments.split(" "), new PrintWriter(new StringWriter()), new PrintWriter(err, true)))
        .isEqualTo(code);
    assertThat(err.toString()).contains(named);
  }
}
