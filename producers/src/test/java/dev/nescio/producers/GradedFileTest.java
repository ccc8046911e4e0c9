package dev.nescio.producers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GradedFileTest {

  @TempDir private Path directory;

  @Test
  void readsEveryField() throws IOException {
    Lines<GradedLine> lines = read("""
        {"id": "q", "confidence": 1, "pIdk": 0.25, "correct": true, "idk": true, "audited": true, "delaySeconds": 2,
         "slice": {"domain": "geo", "tenant": "acme"}}
        """.replace("\n ", " "));
    assertThat(lines.orFail()).containsExactly(new GradedLine(Optional.of("q"), Optional.of(1.0), Optional.of(.25),
        Optional.of(true), true, true, true, Optional.of(2.0), Map.of("domain", "geo", "tenant", "acme")));
  }

  @Test
  void aVerdictIsNullOnPurposeOrNotAtAll() throws IOException {
    assertThat(read("{\"correct\": null}").orFail().getFirst().correct()).isEmpty();
    assertThat(read("{\"answerable\": false}").orFail().getFirst().answerable()).isFalse();
    assertThat(read("{\"slice\": \"a\", \"correct\": false}").orFail().getFirst().slices())
        .isEqualTo(Map.of("slice", "a"));
    assertThat(read("{}").bad()).singleElement().extracting(BadLine::field).isEqualTo("correct");
  }

  @Test
  void otherTypesAreRefusedByField() throws IOException {
    assertThat(read("{\"correct\": \"yes\"}").bad()).singleElement().extracting(BadLine::field).isEqualTo("correct");
    assertThat(read("{\"correct\": true, \"slice\": {\"a\": 1}}").bad()).singleElement()
        .extracting(BadLine::message).asString().contains("has a that is not a text");
    assertThat(read("{\"correct\": true, \"delaySeconds\": -1}").bad()).singleElement()
        .extracting(BadLine::field).isEqualTo("delaySeconds");
  }

  private Lines<GradedLine> read(String text) throws IOException {
    return GradedFile.read(Files.writeString(directory.resolve("graded.jsonl"), text));
  }
}
