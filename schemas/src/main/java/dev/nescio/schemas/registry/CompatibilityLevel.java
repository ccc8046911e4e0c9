package dev.nescio.schemas.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.Incompatibility;

/** What a new version of a subject has to be compatible with, in Confluent's words. */
public enum CompatibilityLevel {
  /** Nothing. */
  NONE(false, false, false),
  /** Reads what the newest version wrote. */
  BACKWARD(true, false, false),
  /** Reads what any version wrote. */
  BACKWARD_TRANSITIVE(true, false, true),
  /** The newest version reads what it writes. */
  FORWARD(false, true, false),
  /** Every version reads what it writes. */
  FORWARD_TRANSITIVE(false, true, true),
  /** Both ways with the newest version. */
  FULL(true, true, false),
  /** Both ways with every version. */
  FULL_TRANSITIVE(true, true, true);

  private final boolean backward;
  private final boolean forward;
  private final boolean transitive;

  CompatibilityLevel(boolean backward, boolean forward, boolean transitive) {
    this.backward = backward;
    this.forward = forward;
    this.transitive = transitive;
  }

  /** The level of a name, when there is one. */
  public static Optional<CompatibilityLevel> of(String name) {
    for (CompatibilityLevel level : values()) {
      if (level.name().equals(name)) {
        return Optional.of(level);
      }
    }
    return Optional.empty();
  }

  /**
   * What stands in the way of a new version.
   *
   * @param next  the new schema
   * @param older earlier versions, oldest first
   * @return one line for each problem, with the path of the field; empty when compatible
   */
  public List<String> problems(Schema next, List<Schema> older) {
    List<Schema> checked = transitive || older.isEmpty() ? older : List.of(older.getLast());
    List<String> problems = new ArrayList<>();
    for (Schema old : checked) {
      if (backward) {
        collect("the new schema cannot read what an earlier version wrote", next, old, problems);
      }
      if (forward) {
        collect("an earlier version cannot read what the new schema writes", old, next, problems);
      }
    }
    return problems;
  }

  private static void collect(String direction, Schema reader, Schema writer, List<String> problems) {
    List<Incompatibility> found =
        SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getResult().getIncompatibilities();
    for (Incompatibility problem : found) {
      problems.add(problem.getType() + " at " + FieldPath.of(reader, problem.getLocation()) + ": " + direction + " ("
          + problem.getMessage() + ")");
    }
  }
}
