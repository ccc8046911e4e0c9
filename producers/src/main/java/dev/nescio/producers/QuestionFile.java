package dev.nescio.producers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads questions from JSON Lines. {@code question} is needed; {@code id}, {@code answers}, {@code answerable},
 * {@code context}, {@code choices}, {@code domain}, {@code tenant} and {@code source} may stand beside it, and every
 * other text or number becomes an attribute. Without {@code answers} an item has no reference; {@code "answers": []}
 * needs {@code "answerable": false}. Two lines of one item are an error of the second.
 */
public final class QuestionFile {

  private static final Set<String> NAMED = Set.of(
      "id", "question", "answers", "answerable", "context", "choices", "domain", "tenant", "source");

  private QuestionFile() {}

  /**
   * Reads a file.
   *
   * @throws java.io.UncheckedIOException when there is no such file, or it cannot be read
   */
  public static Lines<QuestionItem> read(Path file) {
    return JsonLines.read(file, new Form(file.getFileName().toString()));
  }

  /** Reads a stream to its end; the name stands in messages. */
  public static Lines<QuestionItem> read(InputStream in, String name) throws IOException {
    return JsonLines.read(in, name, new Form(name));
  }

  /** Remembers the items of the lines before. */
  private static final class Form implements JsonLines.Form<QuestionItem> {

    private final String file;
    private final Map<String, Long> seen = new HashMap<>();

    Form(String file) {
      this.file = file;
    }

    @Override
    public QuestionItem item(Fields fields, long line) {
      QuestionItem item = new QuestionItem(
          fields.optionalText("id"),
          fields.text("question", "What is the capital of Peru?"),
          distinct(fields.texts("answers")),
          answerable(fields),
          fields.optionalText("context"),
          fields.texts("choices"),
          fields.optionalText("domain").orElse("default"),
          fields.optionalText("tenant").orElse("default"),
          fields.optionalText("source").orElse(file),
          fields.others(NAMED));
      Long before = seen.putIfAbsent(item.questionId(), line);
      if (before != null) {
        throw new BadFieldException(item.id().isPresent() ? "id" : "question", "is the same as in line " + before,
            "remove one of the two lines, or give this one an id of its own");
      }
      return item;
    }

    private static Optional<Boolean> answerable(Fields fields) {
      boolean hasAnswers = !fields.texts("answers").isEmpty();
      Optional<Boolean> stated = fields.bool("answerable");
      if (hasAnswers && !stated.orElse(true)) {
        throw new BadFieldException("answerable", "is false, but there are answers",
            "empty \"answers\", or write \"answerable\": true");
      }
      if (!hasAnswers && stated.orElse(fields.has("answers"))) {
        throw new BadFieldException("answers", fields.has("answers") ? "is empty" : "is missing",
            "list accepted answers as [\"Lima\"], or write \"answerable\": false");
      }
      return hasAnswers ? Optional.of(true) : stated;
    }

    private static List<String> distinct(List<String> texts) {
      return texts.size() == new HashSet<>(texts).size() ? texts : texts.stream().distinct().toList();
    }
  }
}
