package dev.nescio.producers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Label;
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

  @Test
  void takesWhateverScoresThereAreAndAsksWhichOneCounts() throws Exception {
    Lines<Answer> lines = read("""
        {"question": "a", "answer": "x", "model": "m", "scores": {"log-prob": -3.5}, "pIdk": 0.25}
        {"question": "b", "answer": "x", "model": "m", "scores": {"log-prob": -3.5}, "confidence": 0.5}
        {"question": "c", "answer": "x", "model": "m", "scores": {"f": 1, "g": 2}, "estimator": "g"}
        {"question": "d", "answer": "x", "model": "m", "scores": {"f": 1, "g": 2}}
        {"question": "e", "answer": "x", "model": "m", "scores": {"f": 1}, "estimator": "h"}
        {"question": "f", "answer": "x", "model": "m", "scores": {"f": "high"}}
        {"question": "g", "answer": "x", "model": "m", "scores": {"stated": 0.5}}
        {"question": "h", "answer": "x", "model": "m", "scores": [1]}
        """);
    assertThat(lines.items()).extracting(Answer::getEstimator).containsExactly("log-prob", "stated", "g");
    assertThat(lines.items().getFirst().getScores().get("log-prob").getKind()).isEqualTo(ScoreKind.UNBOUNDED);
    assertThat(lines.items().getFirst().getPIdk()).isEqualTo(0.25);
    assertThat(lines.items().getFirst().getConfidence()).isNull();
    assertThat(lines.items().get(1).getScores()).containsOnlyKeys("log-prob", "stated");
    assertThat(lines.bad()).extracting(BadLine::field)
        .containsExactly("estimator", "estimator", "scores", "scores", "scores");
  }

  @Test
  void aLabelNamesAnAnswerByWhatWasSaidAboutIt() throws Exception {
    Answer answer = read("""
        {"question": "Capital of Peru?", "answer": "Lima", "model": "m1", "tenant": "t", "askId": "r-17"}
        """).orFail().getFirst();
    Path labels = Files.writeString(directory.resolve("labels.jsonl"), """
        {"question": "capital of peru", "model": "m1", "tenant": "t", "askId": "r-17", "correct": true, "principal": "a"}
        {"question": "capital of peru", "model": "m1", "tenant": "t", "correct": true, "principal": "a"}
        {"answerId": "q~1", "model": "m1", "correct": true, "principal": "a"}
        """);
    Lines<Label> read = new LabelFile(Clock.fixed(NOW, ZoneOffset.UTC)).read(labels);
    assertThat(read.items()).singleElement()
        .satisfies(label -> assertThat(label.getAnswerId()).isEqualTo(answer.getAnswerId()));
    assertThat(read.bad()).extracting(BadLine::field).containsExactly("askId", "model");
  }

  private Lines<Answer> read(String text) throws Exception {
    Path file = directory.resolve("answers.jsonl");
    Files.writeString(file, text);
    return new AnswerFile(Clock.fixed(NOW, ZoneOffset.UTC), "run").read(file);
  }
}
