package dev.nescio.answering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.answering.Ask.Exemplar;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PromptsTest {

  @Test
  void asksZeroShotWithAnEmptyLineBeforeTheAnswer() {
    assertThat(Prompts.render(Ask.zeroShot("What is the capital of Peru?", 8, Optional.empty())))
        .isEqualTo("Question: What is the capital of Peru?\n\nAnswer:");
  }

  @Test
  void showsExemplarsWithAnEmptyLineAfterEach() {
    List<Exemplar> exemplars = List.of(new Exemplar("q1", "a1"), new Exemplar("q2", "a2"), new Exemplar("q3", "a3"));
    assertThat(Prompts.render(Ask.fewShot("q", exemplars, 8, Optional.empty())))
        .isEqualTo(
            """
            Here are some examples of questions and answers.

            Question: q1
            Answer: a1

            Question: q2
            Answer: a2

            Question: q3
            Answer: a3

            Question: q
            Answer:""");
  }

  @Test
  void putsContextBeforeAndChoicesAfterTheQuestion() {
    Ask ask = new Ask("Which?", List.of("red", "blue"), Optional.of("The sky."), List.of(), 8, 0, Optional.empty());
    assertThat(Prompts.render(ask))
        .isEqualTo("Context: The sky.\n\nQuestion: Which?\nChoices: red; blue\n\nAnswer:");
  }
}
