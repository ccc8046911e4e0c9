package dev.nescio.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.producers.BundledQuestions;
import dev.nescio.producers.QuestionItem;
import dev.nescio.trainer.recipes.DataSplit;
import dev.nescio.trainer.recipes.Split;
import dev.nescio.trainer.recipes.SplitConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ItemsTest {

  private static final SplitConfig DEMO = SplitConfig.demo("nescio-demo");

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(ints = {40, 80, 200, 400, 700})
  void aLimitKeepsTheProportionsOfTheSplits(int most) {
    List<QuestionItem> all = BundledQuestions.worldFacts();
    DataSplit.Parts<QuestionItem> whole = new DataSplit(DEMO).split(all, QuestionItem::text);
    int total = whole.bySplit().values().stream().mapToInt(List::size).sum();

    List<QuestionItem> some = Items.limit(all, most, DEMO);

    assertThat(some).hasSize(most).doesNotHaveDuplicates();
    DataSplit.Parts<QuestionItem> part = new DataSplit(DEMO).split(some, QuestionItem::text);
    for (Split split : Split.values()) {
      double share = most * (double) whole.get(split).size() / total;
      assertThat((double) part.get(split).size()).as(split.name()).isBetween(share - 2, share + 2);
    }
  }

  @Test
  void whatALimitTakesAtFirstStaysWhenTheLimitGrows() {
    List<QuestionItem> all = BundledQuestions.worldFacts();
    assertThat(Items.limit(all, 200, DEMO)).startsWith(Items.limit(all, 80, DEMO).toArray(QuestionItem[]::new));
  }

  @Test
  void fewerQuestionsThanTheLimitAreAllTaken() {
    List<QuestionItem> few = BundledQuestions.worldFacts().subList(0, 30);
    assertThat(Items.limit(few, 30, DEMO)).isEqualTo(few);
  }

  @Test
  void withoutAFileTheBundledQuestionsAreTaken() {
    assertThat(Items.load(Optional.empty())).isEqualTo(BundledQuestions.worldFacts());
  }

  @Test
  void questionsWithoutAcceptedAnswersAreLeftOut() throws IOException {
    Path file =
        write("{\"question\":\"a?\",\"answers\":[\"x\"],\"relation\":\"capital\"}", "{\"question\":\"b?\"}",
            "{\"question\":\"c?\",\"answers\":[],\"answerable\":false}");

    List<QuestionItem> items = Items.load(Optional.of(file));

    assertThat(items).extracting(QuestionItem::text).containsExactly("a?");
    assertThat(Items.knowledge(items.getFirst()).relation()).contains("capital");
  }

  @Test
  void aMalformedLineIsNamedWithFileLineAndTheWayOut() throws IOException {
    Path file = write("{\"question\":\"a?\",\"answers\":[\"x\"]}", "{\"question\": \"b?\", \"answers\": [\"y\"");

    assertThatThrownBy(() -> Items.load(Optional.of(file)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(file + ":2: ")
        .hasMessageContaining("write one {...} object on each line")
        .hasMessageContaining("nothing was published");
  }

  @Test
  void aFileWithoutAnyAcceptedAnswerIsRefused() throws IOException {
    Path file = write("{\"question\":\"b?\"}");
    assertThatThrownBy(() -> Items.load(Optional.of(file)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(file + " has no question with accepted answers")
        .hasMessageContaining("\"answers\": [...]");
  }

  @Test
  void aFileThatIsNotThereIsNamedOnce() {
    Path file = directory.resolve("none.jsonl");
    assertThatThrownBy(() -> Items.load(Optional.of(file)))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("There is no data file " + file + "; check the path")
        .hasMessageContaining("--data");
  }

  private Path write(String... lines) throws IOException {
    return Files.write(directory.resolve("questions.jsonl"), List.of(lines));
  }
}
