package dev.nescio.producers;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Reads answers with their verdicts from JSON Lines, to compute metrics of them: {@code correct}, and beside it {@code
 * confidence}, {@code idk}, {@code pIdk}, {@code audited}, {@code answerable}, {@code id}, {@code delaySeconds} and
 * {@code slice} (a text, or an object of texts). {@code "correct": null} is an answer without a label; it may be left
 * out only where {@code answerable} is false. Other fields are refused.
 */
public final class GradedFile {

  private static final Set<String> NAMED = Set.of(
      "id", "confidence", "pIdk", "correct", "idk", "audited", "answerable", "delaySeconds", "slice");

  private GradedFile() {}

  /**
   * Reads a file.
   *
   * @throws UncheckedIOException when there is no such file, or it cannot be read
   */
  public static Lines<GradedLine> read(Path file) {
    return JsonLines.read(file, (fields, line) -> line(fields));
  }

  /**
   * Hands out each line of a file as it is read, so that a file of any length can be.
   *
   * @throws UncheckedIOException when there is no such file, or it cannot be read
   */
  public static void each(Path file, Consumer<? super GradedLine> good, Consumer<? super BadLine> bad) {
    JsonLines.each(file, (fields, line) -> line(fields), good, bad);
  }

  private static GradedLine line(Fields fields) {
    fields.only(NAMED);
    boolean answerable = fields.bool("answerable").orElse(true);
    Optional<Boolean> correct = fields.bool("correct");
    if (answerable && !fields.node().has("correct")) {
      throw new BadFieldException("correct", "is missing",
          "write true or false, or null for an answer without a label");
    }
    if (!answerable && correct.isPresent()) {
      throw new BadFieldException("correct", "stands beside \"answerable\": false",
          "leave it out: no answer to such a question is correct");
    }
    return new GradedLine(fields.optionalText("id"), fields.probability("confidence"), fields.probability("pIdk"),
        correct, fields.bool("idk").orElse(false), fields.bool("audited").orElse(false), answerable,
        fields.duration("delaySeconds"), slices(fields));
  }

  private static Map<String, String> slices(Fields fields) {
    JsonNode slice = fields.node().path("slice");
    if (!slice.isObject()) return fields.optionalText("slice").map(text -> Map.of("slice", text)).orElse(Map.of());
    Map<String, String> slices = new TreeMap<>();
    slice.properties().forEach(field -> {
      if (!field.getValue().isTextual()) {
        throw new BadFieldException("slice", "has " + field.getKey() + " that is not a text", "put it in quotes");
      }
      slices.put(field.getKey(), field.getValue().textValue());
    });
    return slices;
  }
}
