package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A renamed operator or store loses its state, so a change of the topology is a decision and not an accident. */
class TopologyDescriptionTest {

  @Test
  void isTheCommittedTopology() throws IOException {
    String now = EvaluationTopology
        .build(EvaluationConfig.of("unused:9092", "http://unused", Path.of("unused")), 6, new InMemoryRegistry())
        .describe().toString().strip() + "\n";
    Path written = Path.of("target", "topology.txt");
    Files.writeString(written, now);

    String committed;
    try (var in = getClass().getResourceAsStream("/topology.txt")) {
      committed = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    assertThat(now).as("if the change is meant, and the state of running instances survives it, copy %s to "
        + "src/test/resources/topology.txt", written).isEqualTo(committed);
  }
}
