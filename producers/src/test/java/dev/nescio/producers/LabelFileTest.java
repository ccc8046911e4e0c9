package dev.nescio.producers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.schemas.Label;
import dev.nescio.schemas.LabelAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelFileTest {

  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  @TempDir
  private Path directory;

  @Test
  void readsLabelsAndDerivesStableIds() throws Exception {
    Lines<Label> lines = read("""
        {"answerId": "q~1", "principal": "ann", "correct": true}
        {"answerId": "q~1", "principal": "ann", "correct": true}
        {"answerId": "q~1", "principal": "ann", "correct": false, "revision": 1, "correction": "Lima"}
        {"answerId": "q~1", "principal": "ann", "action": "RETRACT", "labelledAt": "2026-01-01T00:00:00Z"}
        {"answerId": "q~1", "principal": "m", "source": "JUDGE", "reason": "not a question", "labelId": "l1"}
        """);
    List<Label> labels = lines.orFail();

    assertThat(labels.get(0).getLabelledAt()).isEqualTo(NOW);
    assertThat(labels.get(0).getLabelId()).isEqualTo(labels.get(1).getLabelId())
        .isNotEqualTo(labels.get(2).getLabelId());
    assertThat(labels.get(2).getCorrection()).isEqualTo("Lima");
    assertThat(labels.get(3).getAction()).isEqualTo(LabelAction.RETRACT);
    assertThat(labels.get(3).getLabelledAt()).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(labels.get(4).getCorrect()).isNull();
    assertThat(labels.get(4).getLabelId()).isEqualTo("l1");
  }

  @Test
  void namesWhatIsWrong() throws Exception {
    assertThat(read("""
        {"answerId": "q", "principal": "ann", "correct": true}
        {"answerId": "q~1", "correct": true}
        {"answerId": "q~1", "principal": "ann"}
        {"answerId": "q~1", "principal": "ann", "correct": true, "source": "ROBOT"}
        {"answerId": "q~1", "principal": "ann", "correct": true, "labelledAt": "now"}
        {"answerId": "q~1", "principal": "ann", "corect": true}
        """).bad()).extracting(BadLine::message).satisfiesExactly(
            m -> assertThat(m).contains("labels.jsonl:1: field \"answerId\": is \"q\"; copy it whole"),
            m -> assertThat(m).contains(":2: field \"principal\": is missing; add"),
            m -> assertThat(m).contains(":3: field \"correct\": is missing; write true or false"),
            m -> assertThat(m).contains(":4: field \"source\": is \"ROBOT\"; write one of PERSON, JUDGE"),
            m -> assertThat(m).contains(":5: field \"labelledAt\": is not a time: now; write it as 2026"),
            m -> assertThat(m).contains(":6: field \"corect\": is not known; use only action, answerId"));
  }

  private Lines<Label> read(String text) throws Exception {
    Path file = directory.resolve("labels.jsonl");
    Files.writeString(file, text);
    return new LabelFile(Clock.fixed(NOW, ZoneOffset.UTC)).read(file);
  }
}
