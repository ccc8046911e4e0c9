package dev.nescio.trainer.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetTest {

  @TempDir Path directory;

  @Test
  void writesOneSortedObjectALine() {
    Dataset dataset = Dataset.of(List.of(
        new KnowledgeItem("b", "Wo?", List.of("Zürich"), Optional.empty()),
        new KnowledgeItem("a", "Where?", List.of("x", "y"), Optional.of("r"))));
    // sha256sum of these two lines, computed outside.
    assertThat(new String(dataset.bytes(), StandardCharsets.UTF_8)).isEqualTo("""
        {"answers":["Zürich"],"question":"Wo?","questionId":"b","relation":null}
        {"answers":["x","y"],"question":"Where?","questionId":"a","relation":"r"}
        """);
    assertThat(dataset.lines()).isEqualTo(2);
    assertThat(dataset.digest()).isEqualTo("9fcf1a7da2684b6de7b6a2db6c06dacaf3921f9877c5c96cf2942aaeb08e19e7");
  }

  @Test
  void theOrderOfTheRecordsDoesNotMatterAndTheirContentDoes() {
    List<KnowledgeItem> items = Items.items(5);
    assertThat(Dataset.of(items.reversed()).digest()).isEqualTo(Dataset.of(items).digest());
    assertThat(Dataset.of(Items.items(4)).digest()).isNotEqualTo(Dataset.of(items).digest());
  }

  @Test
  void readsBackWhatItWrote() throws IOException {
    List<KnowledgeItem> items = Items.items(3);
    Path file = Dataset.of(items).writeTo(directory);
    assertThat(Dataset.read(file, KnowledgeItem.class)).isEqualTo(items);
    KnowledgeScore score = Items.score(items.getFirst(), 0, 5);
    assertThat(Dataset.read(Dataset.of(List.of(score)).writeTo(directory), KnowledgeScore.class))
        .containsExactly(score);
    TrainingExample example =
        ((Recipe.Prepared) Kwt.published().prepare(items.getFirst(), Optional.of(score))).example();
    assertThat(Dataset.read(Dataset.of(List.of(example)).writeTo(directory), TrainingExample.class))
        .containsExactly(example);
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).allMatch(path -> path.toString().endsWith(".jsonl"));
    }
  }

  @Test
  void refusesADamagedFile() throws IOException {
    Path file = Dataset.of(Items.items(3)).writeTo(directory);
    Files.writeString(file, "{}\n");
    assertThatThrownBy(() -> Dataset.read(file, KnowledgeItem.class))
        .isInstanceOf(IOException.class).hasMessageContaining(file.toString()).hasMessageContaining("damaged");
  }
}
