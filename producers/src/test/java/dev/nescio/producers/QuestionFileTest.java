package dev.nescio.producers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.schemas.topics.Ids;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuestionFileTest {

  @Test
  void readsEveryField() throws IOException {
    QuestionItem item = read("""
        {"id": "f/1", "question": "Capital of Peru?", "answers": ["Lima", "Lima"], "answerable": true,
         "context": "c", "choices": ["Lima", "Cusco"], "domain": "geo", "tenant": "t", "source": "s",
         "relation": "capital", "popularity": 121}""".replace("\n", " ")).items().getFirst();

    assertThat(item).isEqualTo(new QuestionItem(Optional.of("f/1"), "Capital of Peru?", List.of("Lima"),
        Optional.of(true), Optional.of("c"), List.of("Lima", "Cusco"), "geo", "t", "s",
        Map.of("relation", "capital", "popularity", "121")));
    assertThat(item.questionId()).isEqualTo("f/1");
  }

  @Test
  void fillsInDefaultsAndDerivesTheId() throws IOException {
    QuestionItem item = read("{\"question\": \"Capital of Peru?\"}").items().getFirst();

    assertThat(item.questionId()).isEqualTo(Ids.questionId("default", "capital of peru", null));
    assertThat(item.hasReference()).isFalse();
    assertThat(item.source()).isEqualTo("q.jsonl");
    assertThat(read("{\"question\": \"a\", \"answers\": [], \"answerable\": false}").items().getFirst().answerable())
        .contains(false);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "{\"answers\": [\"a\"]} | field \"question\": is missing; add \"question\": \"What is the capital of Peru?\"",
      "{\"question\": 5} | field \"question\": is 5; it has to be a text in quotes",
      "{\"question\": \" \"} | field \"question\": is empty; give it a text",
      "{\"question\": \"a\", \"answers\": \"b\"} | field \"answers\": is \"b\"; it has to be a list of texts",
      "{\"question\": \"a\", \"answers\": [1]} | field \"answers\": has an item that is not a text: 1",
      "{\"question\": \"a\", \"answers\": []} | field \"answers\": is empty; list accepted answers as",
      "{\"question\": \"a\", \"answerable\": true} | field \"answers\": is missing; list accepted answers as",
      "{\"question\": \"a\", \"answers\": [\"b\"], \"answerable\": false} | field \"answerable\": is false, but there",
      "{\"question\": \"a\", \"answerable\": \"yes\"} | field \"answerable\": is \"yes\"; it has to be true or false",
      "{\"question\": \"a\", \"meta\": {}} | field \"meta\": is a list or an object; give it a text or a number",
      "{\"question\": \"a\", \"question\": \"b\"} | the line is not JSON: Duplicate field",
      "{\"question\": \"a\" | the line is not JSON",
      "{\"question\": \"a\"} {} | the line is not JSON",
      "[1] | the line is not a JSON object; write one {...} object on each line"})
  void namesFileLineFieldAndFix(String line, String message) throws IOException {
    Lines<QuestionItem> lines = read("{\"question\": \"good\"}\n\n" + line + "\n{\"question\": \"good too\"}\n");

    assertThat(lines.items()).extracting(QuestionItem::text).containsExactly("good", "good too");
    assertThat(lines.bad()).hasSize(1);
    assertThat(lines.bad().getFirst().message()).startsWith("q.jsonl:3: " + message);
    assertThatThrownBy(lines::orFail).isInstanceOf(BadLinesException.class).hasMessageContaining("q.jsonl:3");
  }

  @Test
  void twoLinesOfOneItemAreAnErrorOfTheSecond() throws IOException {
    assertThat(read("{\"question\": \"A?\"}\n{\"question\": \"a\"}").bad().getFirst().message())
        .isEqualTo("q.jsonl:2: field \"question\": is the same as in line 1; remove one of the two lines, or give this"
            + " one an id of its own");
  }

  @Test
  void survivesWhatEditorsAndAccidentsLeave() throws IOException {
    byte[] latin1 = "{\"question\": \"é\"}\n".getBytes(StandardCharsets.ISO_8859_1);
    Lines<QuestionItem> lines = QuestionFile.read(new ByteArrayInputStream(latin1), "l.jsonl");
    assertThat(lines.bad().getFirst().message()).isEqualTo("l.jsonl:1: the line is not UTF-8; save the file as UTF-8");

    assertThat(read("\ufeff{\"question\": \"bom\"}\r\n{\"question\": \"no end\"}").orFail()).hasSize(2);
    Lines<QuestionItem> huge = read("{\"question\": \"" + "x".repeat(1 << 20) + "\"}\n{\"question\": \"b\"}");
    assertThat(huge.items()).hasSize(1);
    assertThat(huge.bad().getFirst().message()).contains("longer than 1048576 bytes");
    assertThat(read("").orFail()).isEmpty();
  }

  @Test
  void strictReadingShowsTenLinesAndCountsTheRest() throws IOException {
    Lines<QuestionItem> lines = read("x\n".repeat(13));
    assertThatThrownBy(lines::orFail).hasMessageContaining("q.jsonl:10").hasMessageContaining("and 3 more bad lines")
        .message().doesNotContain("q.jsonl:11");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> QuestionFile.read(Path.of("nowhere.jsonl"))).isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("no data file nowhere.jsonl");
  }

  @Test
  void bundledQuestionsAreAllGood() {
    List<QuestionItem> items = BundledQuestions.worldFacts();

    assertThat(items).hasSize(934).allMatch(QuestionItem::hasReference);
    assertThat(items.getFirst().questionId()).isEqualTo("world-facts/capital/ABW");
    assertThat(items.getFirst().attributes()).containsEntry("relation", "capital").containsEntry("subject", "Aruba");
    assertThat(BundledQuestions.class.getClassLoader().getResource("data/ATTRIBUTION.md")).isNotNull();
  }

  private static Lines<QuestionItem> read(String text) throws IOException {
    return QuestionFile.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), "q.jsonl");
  }
}
