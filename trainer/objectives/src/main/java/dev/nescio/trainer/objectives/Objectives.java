package dev.nescio.trainer.objectives;

import java.util.List;
import java.util.stream.Collectors;

/** The list of objectives. A new objective is one file, one test and one line here. */
public final class Objectives {

  private static final List<Objective> ALL =
      List.of(new KnowledgeWeighted(), new KnowledgeWeightedGroupMean(), new CrossEntropy());

  private Objectives() {}

  /** Every objective. */
  public static List<Objective> all() {
    return ALL;
  }

  /** @throws IllegalArgumentException naming the known objectives */
  public static Objective named(String name) {
    return ALL.stream().filter(objective -> objective.name().equals(name)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no objective " + name + "; there are "
            + ALL.stream().map(Objective::name).collect(Collectors.joining(", "))));
  }
}
