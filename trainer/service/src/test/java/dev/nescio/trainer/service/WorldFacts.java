package dev.nescio.trainer.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.schemas.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The bundled questions as references. */
final class WorldFacts {

  private static final Path FILE = Path.of("producers", "src", "main", "resources", "data", "world-facts.jsonl");

  private WorldFacts() {}

  /** Every question of a relation, by questionId. */
  static Map<String, Reference> of(String relation) throws IOException {
    Map<String, Reference> references = new TreeMap<>();
    ObjectMapper json = new ObjectMapper();
    for (String line : Files.readAllLines(file())) {
      JsonNode node = json.readTree(line);
      if (!node.get("relation").asText().equals(relation)) continue;
      List<String> answers = new ArrayList<>();
      node.get("answers").forEach(answer -> answers.add(answer.asText()));
      references.put(
          node.get("id").asText(),
          Reference.newBuilder()
              .setAnswers(answers).setSource(node.get("source").asText()).setText(node.get("question").asText())
              .setAttributes(Map.of("relation", relation)).setRecordedAt(Instant.EPOCH).build());
    }
    return references;
  }

  /** Tests run in the directory of their module or in that of the repository. */
  private static Path file() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve(FILE))) return at.resolve(FILE);
    }
    throw new IllegalStateException("no " + FILE + " above " + Path.of("").toAbsolutePath());
  }
}
