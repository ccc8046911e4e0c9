package dev.nescio.producers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptFileTest {

  @TempDir private Path directory;

  @Test
  void readsPromptsAndConversations() throws IOException {
    Lines<PromptFile.Prompt> lines = PromptFile.prompts(file(
        "{\"prompt\":\"a \"}", "", "{\"id\":\"x\",\"messages\":[{\"role\":\"user\",\"content\":\"\"}]}"));
    assertThat(lines.bad()).isEmpty();
    assertThat(lines.items()).containsExactly(
        new PromptFile.Prompt(1, Optional.empty(), Optional.of("a "), List.of()),
        new PromptFile.Prompt(3, Optional.of("x"), Optional.empty(), List.of(new PromptFile.Message("user", ""))));
  }

  @Test
  void namesLineAndFieldOfEveryBadPrompt() throws IOException {
    Lines<PromptFile.Prompt> lines = PromptFile.prompts(file(
        "{\"promt\":\"a\"}", "{\"prompt\":7}", "{\"prompt\":\"a\",\"messages\":[{\"role\":\"user\",\"content\":\"b\"}]}",
        "{\"messages\":[]}", "{\"messages\":[\"a\"]}", "{\"messages\":[{\"role\":\"user\"}]}", "{}", "{\"prompt\":\"ok\"}"));
    assertThat(lines.items()).extracting(PromptFile.Prompt::line).containsExactly(8L);
    assertThat(lines.bad()).extracting(BadLine::line).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    assertThat(lines.bad()).extracting(BadLine::field)
        .containsExactly("promt", "prompt", "messages", "messages", "messages", "content", "prompt");
    assertThat(lines.bad().getFirst().message()).endsWith(
        ":1: field \"promt\": is not known; use only id, messages, prompt");
  }

  @Test
  void readsPairsAndNamesBadOnes() throws IOException {
    Lines<PromptFile.Pair> lines = PromptFile.pairs(file(
        "{\"prompt\":\"a\",\"continuation\":\" \"}", "{\"prompt\":\"a\"}", "{\"prompt\":\"a\",\"continuation\":\"\"}"));
    assertThat(lines.items()).containsExactly(new PromptFile.Pair(1, Optional.empty(), "a", " "));
    assertThat(lines.bad()).extracting(BadLine::field).containsExactly("continuation", "continuation");
  }

  private Path file(String... lines) throws IOException {
    return Files.write(directory.resolve("p.jsonl"), List.of(lines));
  }
}
