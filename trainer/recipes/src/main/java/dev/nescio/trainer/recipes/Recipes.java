package dev.nescio.trainer.recipes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The list of recipes. A new recipe is one file, one test and one line here. */
public final class Recipes {

  private static final List<Recipe> ALL = List.of(Kwt.published(), new Sft(), new FtTop(), new RTuning());

  private Recipes() {}

  /** Every recipe, with its default parameters. */
  public static List<Recipe> all() {
    return ALL;
  }

  /**
   * A recipe by its name with or without parameters: {@code kwt}, {@code kwt:weights=reverse}, {@code sft}.
   *
   * @throws IllegalArgumentException naming what is unknown and what there is
   */
  public static Recipe named(String name) {
    int colon = name.indexOf(':');
    String kind = colon < 0 ? name : name.substring(0, colon);
    Map<String, String> given = colon < 0 ? Map.of() : parameters(name, name.substring(colon + 1));
    if (kind.equals("kwt")) return kwt(name, given);
    if (!given.isEmpty()) throw new IllegalArgumentException(kind + " has no parameters: " + name);
    return ALL.stream().filter(recipe -> recipe.name().equals(kind)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no recipe " + name + "; there are "
            + ALL.stream().map(Recipe::name).collect(Collectors.joining(", "))));
  }

  private static Recipe kwt(String name, Map<String, String> given) {
    for (String key : given.keySet()) {
      if (!key.equals("weights") && !key.equals("target")) {
        throw new IllegalArgumentException("kwt has no parameter " + key + ", only weights and target: " + name);
      }
    }
    return new Kwt(
        KnowledgeWeight.named(given.getOrDefault("weights", KnowledgeWeight.FAMILIARITY.id())),
        TargetLayout.named(given.getOrDefault("target", TargetLayout.APPEND.id())));
  }

  private static Map<String, String> parameters(String name, String text) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : text.split(",")) {
      int equals = pair.indexOf('=');
      if (equals < 1) throw new IllegalArgumentException("not a name=value pair in " + name + ": " + pair);
      if (parameters.put(pair.substring(0, equals), pair.substring(equals + 1)) != null) {
        throw new IllegalArgumentException(pair.substring(0, equals) + " is given twice in " + name);
      }
    }
    return parameters;
  }
}
