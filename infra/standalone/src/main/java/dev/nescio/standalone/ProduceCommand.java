package dev.nescio.standalone;

import dev.nescio.producers.AnswerFile;
import dev.nescio.producers.AnswerSource;
import dev.nescio.producers.Asking;
import dev.nescio.producers.BadLine;
import dev.nescio.producers.LabelFile;
import dev.nescio.producers.LabelSource;
import dev.nescio.producers.Lines;
import dev.nescio.producers.Pace;
import dev.nescio.producers.Published;
import dev.nescio.producers.Publisher;
import dev.nescio.producers.QuestionFile;
import dev.nescio.producers.QuestionSource;
import dev.nescio.producers.ReferenceSource;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.Topics;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.avro.specific.SpecificRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Publishes a JSON Lines file to the running system. */
@Command(
    name = "produce",
    mixinStandardHelpOptions = true,
    description = "Publishes a JSON Lines file. Good lines are published also when others are bad; bad ones are listed.")
final class ProduceCommand implements Callable<Integer> {

  private static final int BAD_SHOWN = 10;

  /** What the file holds. */
  enum Kind {
    QUESTIONS,
    REFERENCES,
    LABELS,
    ANSWERS
  }

  @Mixin private StateOptions options;

  @Mixin private Connection connection;

  @Parameters(index = "0", paramLabel = "KIND", description = "${COMPLETION-CANDIDATES}")
  private Kind kind;

  @Parameters(index = "1", paramLabel = "FILE", description = "One JSON object a line.")
  private Path file;

  @Option(names = "--rate", paramLabel = "N", description = "Records a second (default: as fast as the broker takes them).")
  private Double rate;

  @Option(names = "--ask-id", paramLabel = "ID", description = "Names this asking; the same name makes the same answers.")
  private String askId = "produce-" + UUID.randomUUID();

  @Option(names = "--revision", defaultValue = "0", description = "Revision of references; a higher one grades anew.")
  private long revision;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Clock clock = Clock.systemUTC();
    try {
      return switch (kind) {
        case QUESTIONS -> run(Topics.QUESTIONS, QuestionFile.read(file), (publisher, lines) ->
            new QuestionSource(publisher, clock, pace()).publish(lines.items(), Asking.named(askId)));
        case REFERENCES -> run(Topics.REFERENCES, QuestionFile.read(file), (publisher, lines) ->
            new ReferenceSource(publisher, clock, pace()).publish(lines.items(), revision));
        case LABELS -> run(Topics.LABELS, new LabelFile(clock).read(file), (publisher, lines) ->
            new LabelSource(publisher, pace()).publish(lines.items()));
        case ANSWERS -> run(Topics.ANSWERS, new AnswerFile(clock, askId).read(file), (publisher, lines) ->
            new AnswerSource(publisher, pace()).publish(lines.items()));
      };
    } catch (UncheckedIOException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  /** Publishes the items of a file through a publisher. */
  @FunctionalInterface
  private interface Publishing<V extends SpecificRecord, T> {
    Published publish(Publisher<V> publisher, Lines<T> lines);
  }

  private <V extends SpecificRecord, T> int run(Topic<V> topic, Lines<T> lines, Publishing<V, T> publishing) {
    Connection.Ends ends = connection.ends(options);
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Published published;
    try (Publisher<V> publisher = Publisher.open(ends.clients(), topic, ends.registry())) {
      published = publishing.publish(publisher, lines);
    }
    out.println(published.sent() + " records to " + topic.name());
    lines.bad().stream().limit(BAD_SHOWN).map(BadLine::message).forEach(err::println);
    if (lines.bad().size() > BAD_SHOWN) err.println("... and " + (lines.bad().size() - BAD_SHOWN) + " more bad lines");
    published.rejected().forEach(r -> err.println(r.item() + ": " + r.message()));
    return lines.bad().isEmpty() && published.rejected().isEmpty() ? 0 : 1;
  }

  private Pace pace() {
    if (rate == null) return Pace.unlimited();
    try {
      return Pace.perSecond(rate);
    } catch (IllegalArgumentException e) {
      throw new UserError("--rate: " + e.getMessage(), e);
    }
  }
}
