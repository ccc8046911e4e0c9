package dev.nescio.producers;

import dev.nescio.schemas.Label;
import dev.nescio.schemas.LabelAction;
import dev.nescio.schemas.topics.Ids;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads labels from JSON Lines: {@code answerId}, {@code principal} and, unless it is ungradable or a retraction,
 * {@code correct}; {@code source} (PERSON by default), {@code action}, {@code labelId}, {@code correction},
 * {@code reason}, {@code revision} and {@code labelledAt} may stand beside them. Other fields are refused. Without
 * {@code labelId} it is derived from answer, principal, source, action, revision and verdict, so a file sent twice
 * makes duplicates that are recognised.
 *
 * <p>An answer that another system made ({@link AnswerFile}) is named by what was said about it instead of its id:
 * {@code model}, {@code askId} and {@code question} or {@code questionId}, and {@code tenant}, {@code context} or
 * {@code modelDigest} where they were given.
 */
public final class LabelFile {

  private static final Set<String> BY_ID = Set.of("answerId", "principal", "correct", "source", "action", "labelId",
      "correction", "reason", "revision", "labelledAt");
  private static final Set<String> NAMED =
      Stream.concat(BY_ID.stream(), AnswerFile.IDENTITY.stream()).collect(Collectors.toUnmodifiableSet());

  private final Clock clock;

  /** The clock dates labels without {@code labelledAt}. */
  public LabelFile(Clock clock) {
    this.clock = clock;
  }

  /**
   * Reads a file.
   *
   * @throws java.io.UncheckedIOException when there is no such file, or it cannot be read
   */
  public Lines<Label> read(Path file) {
    return JsonLines.read(file, (fields, line) -> label(fields));
  }

  private Label label(Fields fields) {
    String answerId = answerId(fields);
    LabelAction action = fields.choice("action", LabelAction.class).orElse(LabelAction.ASSERT);
    Optional<Boolean> correct = fields.bool("correct");
    Optional<String> reason = fields.optionalText("reason");
    if (correct.isEmpty() && action == LabelAction.ASSERT && reason.isEmpty()) {
      throw new BadFieldException("correct", "is missing",
          "write true or false, or say in \"reason\" why the answer is ungradable");
    }
    dev.nescio.schemas.LabelSource source = fields.choice("source", dev.nescio.schemas.LabelSource.class)
        .orElse(dev.nescio.schemas.LabelSource.PERSON);
    String principal = fields.text("principal", "ann@example.org");
    long revision = fields.integer("revision").orElse(0L);
    String verdict = correct.map(String::valueOf).orElse("ungradable");
    String labelId = fields.optionalText("labelId").orElseGet(() ->
        Ids.labelId(answerId, source.name(), principal, action.name(), revision, verdict));
    return Label.newBuilder().setLabelId(labelId).setAnswerId(answerId).setAction(action)
        .setCorrect(correct.orElse(null)).setGrades(Map.of()).setCorrection(fields.optionalText("correction")
            .orElse(null)).setSource(source).setPrincipal(principal).setRevision(revision)
        .setLabelledAt(fields.instant("labelledAt").orElseGet(clock::instant)).setReason(reason.orElse(null)).build();
  }

  private static String answerId(Fields fields) {
    if (!fields.has("answerId") && fields.has("model")) {
      fields.only(NAMED);
      return AnswerFile.answerId(fields, fields.text("askId", "the askId of the answer"));
    }
    fields.only(BY_ID);
    String answerId = fields.text("answerId", "<questionId>~<hash>");
    if (answerId.lastIndexOf('~') < 1) {
      throw new BadFieldException("answerId", "is \"" + answerId + "\"", "copy it whole, as <questionId>~<hash>");
    }
    return answerId;
  }
}
