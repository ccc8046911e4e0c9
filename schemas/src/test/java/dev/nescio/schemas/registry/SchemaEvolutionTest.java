package dev.nescio.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A record of today is read by every released version and the other way round, so topics may be replayed from their
 * beginning and processes may be upgraded one after the other.
 */
class SchemaEvolutionTest {

  @TestFactory
  Stream<DynamicTest> currentSchemasAreCompatibleWithEveryRelease() throws IOException {
    Map<String, Schema> current = ReleasedSchemas.current();
    return ReleasedSchemas.released().entrySet().stream().map(e -> DynamicTest.dynamicTest(e.getKey(), () -> {
      assertThat(current).as("a released record may not go away").containsKey(e.getKey());
      assertThat(problems(current.get(e.getKey()), e.getValue())).as("Give new fields a default, and neither rename, "
          + "retype nor remove what was released").isEmpty();
    }));
  }

  @Test
  void theFirstReleaseHasEveryRecord() throws IOException {
    assertThat(ReleasedSchemas.released()).containsOnlyKeys("Accounting", "Alert", "Answer", "CalibrationSnapshot",
        "Calibrator", "Evidence", "Example", "KnowledgeScore", "Label", "LateLabel", "ModelRelease", "Policy",
        "Question", "Reference", "TrainingProgress", "TrainingRequest");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "a renamed field | Question | \"name\":\"askId\" | \"name\":\"askName\" | Question.askName",
      "another type | Answer | \"answerId\",\"type\":\"string\" | \"answerId\",\"type\":\"long\" | Answer.answerId",
      "another type deep inside | Example | \"labelId\",\"type\":\"string\" | \"labelId\",\"type\":\"long\" |"
          + " Example.label.labelId",
      "another type of map values | Reference | \"values\":\"string\" | \"values\":\"long\" | Reference.attributes{}",
      "another type of list items | Reference | \"items\":\"string\" | \"items\":\"long\" | Reference.answers[]",
      "a field that may be null no more | Policy | \"name\":\"version\",\"type\":\"string\" |"
          + " \"name\":\"version\",\"type\":[\"null\",\"string\"] | Policy.version"})
  void aBreakingChangeFailsWithThePathOfTheField(
      String change, String record, String before, String after, String path) throws IOException {
    List<Schema> released = ReleasedSchemas.released().get(record);
    String text = released.getLast().toString().replaceAll("\"doc\":\"(\\\\\"|[^\"])*\",?", "").replace(",}", "}");
    assertThat(text).contains(before);

    assertThat(problems(new Schema.Parser().parse(text.replace(before, after)), released))
        .as(change).isNotEmpty().anyMatch(problem -> problem.contains(" at " + path));
  }

  @Test
  void aNewFieldWithADefaultPassesAndOneWithoutDoesNot() throws IOException {
    List<Schema> released = ReleasedSchemas.released().get("Question");
    String text = released.getLast().toString();
    String with = text.replace("\"fields\":[{\"name\":\"text\"",
        "\"fields\":[{\"name\":\"extra\",\"type\":\"int\",\"default\":0},{\"name\":\"text\"");
    String without = with.replace(",\"default\":0},{\"name\":\"text\"", "},{\"name\":\"text\"");

    assertThat(problems(new Schema.Parser().parse(with), released)).isEmpty();
    assertThat(problems(new Schema.Parser().parse(without), released)).singleElement().asString()
        .startsWith("READER_FIELD_MISSING_DEFAULT_VALUE at Question.extra");
  }

  private static List<String> problems(Schema current, List<Schema> released) {
    return CompatibilityLevel.FULL_TRANSITIVE.problems(current, released);
  }
}
