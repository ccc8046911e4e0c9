package dev.nescio.schemas.registry;

import org.apache.avro.Schema;

/** Turns the place that Avro names by position ({@code /fields/3/type/items}) into names ({@code Answer.scores[]}). */
final class FieldPath {

  private FieldPath() {}

  /** The path by names; where the position leads nowhere, the position itself. */
  static String of(Schema root, String location) {
    StringBuilder path = new StringBuilder(root.getName());
    Schema at = root;
    String[] steps = location.split("/");
    for (int i = 0; i < steps.length; i++) {
      switch (steps[i]) {
        case "fields" -> {
          int position = ++i < steps.length ? Integer.parseInt(steps[i]) : -1;
          if (at.getType() != Schema.Type.RECORD || position < 0 || position >= at.getFields().size()) {
            return root.getName() + location;
          }
          Schema.Field field = at.getFields().get(position);
          path.append('.').append(field.name());
          at = field.schema();
        }
        case "items" -> {
          path.append("[]");
          at = at.getElementType();
        }
        case "values" -> {
          path.append("{}");
          at = at.getValueType();
        }
        default -> at = branch(at, steps[i]);
      }
    }
    return path.toString();
  }

  /** "type", "name" and the like stay where they are; a number within a union chooses the branch. */
  private static Schema branch(Schema at, String step) {
    boolean chooses = at.getType() == Schema.Type.UNION && step.matches("\\d{1,4}");
    return chooses && Integer.parseInt(step) < at.getTypes().size() ? at.getTypes().get(Integer.parseInt(step)) : at;
  }
}
