package dev.nescio.producers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.ScoreKind;
import dev.nescio.schemas.topics.Ids;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerFileTest {

  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  @TempDir
  private Path directory;

  @Test
  void keepsWhatTheOtherSystemSays() throws Exception {
    List<Answer> answers = read("""
        {"question": "Capital of Peru?", "answer": "Lima", "model": "m1", "confidence": 0.75, "team": "blue"}
        {"questionId": "q", "answer": "", "model": "m1", "decision": "IDK", "askId": "other"}
        """).orFail();

    Answer first = answers.getFirst();
    assertThat(Ids.questionIdOf(first.getAnswerId())).isEqualTo(Ids.questionId("default", "capital of peru", null));
    assertThat(first.getForeign()).isTrue();
    assertThat(first.getConfidence()).isEqualTo(0.75);
    assertThat(first.getScores().get("stated").getKind()).isEqualTo(ScoreKind.PROBABILITY);
    assertThat(first.getAskId()).isEqualTo("run");
    assertThat(first.getAnsweredAt()).isEqualTo(NOW);
    assertThat(first.getAttributes()).containsEntry("team", "blue");
    Answer second = answers.getLast();
    assertThat(second.getAnswerId()).isEqualTo(Ids.answerId("q", "other", "foreign:m1", "foreign", 0));
    assertThat(second.getDecision()).isEqualTo(Decision.IDK);
    assertThat(second.getConfidence()).isNull();
    assertThat(second.getConfidenceReason()).isEqualTo("none stated");
    assertThat(second.getScores()).isEmpty();
  }

  @Test
  void namesWhatIsWrong() throws Exception {
    assertThat(read("""
        {"question": "a", "model": "m"}
        {"answer": "a", "model": "m"}
        {"question": "a", "answer": "a"}
        {"question": "a", "answer": "a", "model": "m", "confidence": 75}
        """).bad()).extracting(BadLine::field).containsExactly("answer", "question", "model", "confidence");
  }

  private Lines<Answer> read(String text) throws Exception {
    Path file = directory.resolve("answers.jsonl");
    Files.writeString(file, text);
    return new AnswerFile(Clock.fixed(NOW, ZoneOffset.UTC), "run").read(file);
  }
}
