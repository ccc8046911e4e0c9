package dev.nescio.schemas.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;

/**
 * The schemas that went out with releases: one directory each, one self-contained file for each record of a topic.
 * {@link #main} writes the directory of a new release; an old one is never edited.
 */
final class ReleasedSchemas {

  static final Path DIRECTORY = Path.of("src", "main", "released");

  private ReleasedSchemas() {}

  /** Writes the current schemas to the directory that is named, for example {@code v2}. */
  public static void main(String[] args) throws IOException {
    Path release = Files.createDirectory(DIRECTORY.resolve(args[0]));
    ObjectMapper json = new ObjectMapper();
    for (Map.Entry<String, Schema> entry : current().entrySet()) {
      String text = json.readTree(entry.getValue().toString()).toPrettyString();
      Files.writeString(release.resolve(entry.getKey() + ".avsc"), text + "\n");
    }
  }

  /** Schemas of this build by name. */
  static Map<String, Schema> current() {
    return Topics.AVRO.stream().map(Topic::schema).map(PortableSchema::of)
        .collect(Collectors.toMap(Schema::getName, s -> s, (a, b) -> a, TreeMap::new));
  }

  /** Released schemas by name, oldest release first. */
  static Map<String, List<Schema>> released() throws IOException {
    try (Stream<Path> files = Files.walk(DIRECTORY)) {
      return files.filter(f -> f.toString().endsWith(".avsc")).sorted(ReleasedSchemas::byRelease)
          .map(ReleasedSchemas::parse)
          .collect(Collectors.groupingBy(Schema::getName, TreeMap::new, Collectors.toList()));
    }
  }

  private static int byRelease(Path a, Path b) {
    return Integer.compare(number(a), number(b));
  }

  private static int number(Path file) {
    return Integer.parseInt(file.getParent().getFileName().toString().substring(1));
  }

  private static Schema parse(Path file) {
    try {
      return new Schema.Parser().parse(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
