package dev.nescio.grading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of every grader of the list. */
class GradersTest {

  static List<Grader> all() {
    return Graders.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void anEmptyCandidateIsNeverCorrect(Grader grader) {
    assertThat(grader.correct("", List.of("Paris", "", "the", "?"))).isFalse();
    assertThat(grader.correct(" \n ", List.of(" "))).isFalse();
    assertThat(grader.correct("...", List.of("!"))).isFalse();
  }

  @ParameterizedTest
  @MethodSource("all")
  void anAcceptedAnswerIsCorrect(Grader grader) {
    assertThat(grader.correct("Port-au-Prince", List.of("x", "Port-au-Prince"))).isTrue();
  }

  @ParameterizedTest
  @MethodSource("all")
  void refusesAReferenceWithoutAnswers(Grader grader) {
    assertThatThrownBy(() -> grader.correct("Paris", List.of())).hasMessageContaining("at least one accepted answer");
  }

  @ParameterizedTest
  @MethodSource("all")
  void isFoundByItsName(Grader grader) {
    assertThat(Graders.named(grader.name())).isSameAs(grader);
  }

  @Property
  void whatIsStrictlyCorrectIsLenientlyCorrectUpToEightWords(@ForAll String candidate, @ForAll String accepted) {
    String oneLine = candidate.replaceAll("\\R", " ");
    if (NormalText.words(oneLine).size() > LenientGrader.WORDS) return;
    if (new StrictGrader().correct(oneLine, List.of(accepted, candidate))) {
      assertThat(new LenientGrader().correct(oneLine, List.of(accepted, candidate))).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void isTotal(Grader grader) {
    for (String text : List.of("\u0000", "\ud800", "-", "(", "1".repeat(500), "A)", "%", "1e999999999", "\u2212")) {
      grader.correct(text, List.of(text, "1"));
      grader.correct("1 km", List.of(text));
    }
  }

  @Test
  void anUnknownNameIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> Graders.named("fuzzy"))
        .hasMessage("no grader is called \"fuzzy\"; there are lenient, strict, rouge-l:threshold=0.35, "
            + "rouge-l:threshold=0.6, number:tolerance=0.01, multiple-choice");
  }

  @Test
  void everyGraderClassIsInTheList() {
    assertThat(all().stream().<Class<?>>map(Grader::getClass)).hasSameElementsAs(graderClasses());
  }

  private static List<Class<?>> graderClasses() {
    try {
      Path classes = Path.of(Grader.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      try (Stream<Path> files = Files.list(classes.resolve("dev/nescio/grading"))) {
        return files.map(file -> file.getFileName().toString())
            .filter(file -> file.endsWith(".class"))
            .<Class<?>>map(file -> load("dev.nescio.grading." + file.substring(0, file.length() - 6)))
            .filter(type -> Grader.class.isAssignableFrom(type) && !type.isInterface())
            .toList();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
