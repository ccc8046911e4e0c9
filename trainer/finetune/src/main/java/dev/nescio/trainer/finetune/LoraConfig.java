package dev.nescio.trainer.finetune;

import dev.nescio.model.llama.Projection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which linear layers get an adapter, and of what kind.
 *
 * @param rank           of each adapter, 1 to 512
 * @param alpha          scaling numerator, above 0
 * @param rankStabilised adapters are scaled by alpha / sqrt(rank) instead of alpha / rank
 * @param dropout        share of an adapter's input that is dropped in training, in [0, 1); the rest is scaled up
 * @param projections    at least one
 * @param layers         from 0; empty for all
 */
public record LoraConfig(
    int rank, double alpha, boolean rankStabilised, double dropout, Set<Projection> projections, Set<Integer> layers) {

  private static final String ALL = "all";

  public LoraConfig {
    projections = Collections.unmodifiableSet(
        projections.isEmpty() ? EnumSet.noneOf(Projection.class) : EnumSet.copyOf(projections));
    layers = Collections.unmodifiableSet(new TreeSet<>(layers));
    FineTuneConfig.check(!projections.isEmpty(), "projections", projections, "at least one");
    FineTuneConfig.check(rank >= 1 && rank <= 512, "rank", rank, "between 1 and 512");
    FineTuneConfig.check(alpha > 0 && Double.isFinite(alpha), "alpha", alpha, "above 0");
    FineTuneConfig.check(dropout >= 0 && dropout < 1, "dropout", dropout, "in [0, 1)");
    FineTuneConfig.check(layers.stream().allMatch(layer -> layer >= 0), "layers", layers, "0 or above");
  }

  /** What B A x is multiplied by. */
  double scaling() {
    return alpha / (rankStabilised ? Math.sqrt(rank) : rank);
  }

  /**
   * The adapted layers of a model, ascending.
   *
   * @param count layers of the model
   * @throws IllegalArgumentException naming a layer that the model has not
   */
  List<Integer> layers(int count) {
    for (int layer : layers) {
      FineTuneConfig.check(layer < count, "layers", layer, "below " + count + ", the layers of the model");
    }
    return layers.isEmpty() ? IntStream.range(0, count).boxed().toList() : List.copyOf(layers);
  }

  /** From the flat settings of {@link FineTuneConfig}. */
  static LoraConfig of(Map<String, String> settings) {
    return new LoraConfig(
        Integer.parseInt(settings.get("rank")), Double.parseDouble(settings.get("alpha")),
        truth(settings.get("rankStabilised")), Double.parseDouble(settings.get("dropout")),
        projections(settings.get("projections")), layers(settings.get("layers")));
  }

  /** Adds the settings, as text that {@link #of} reads. */
  void putTo(Map<String, String> settings) {
    settings.put("rank", Integer.toString(rank));
    settings.put("alpha", Double.toString(alpha));
    settings.put("rankStabilised", Boolean.toString(rankStabilised));
    settings.put("dropout", Double.toString(dropout));
    settings.put("projections", projections.stream().map(Projection::module).collect(Collectors.joining(",")));
    settings.put("layers",
        layers.isEmpty() ? ALL : layers.stream().map(String::valueOf).collect(Collectors.joining(",")));
  }

  private static boolean truth(String text) {
    if (text.equals("true") || text.equals("false")) return text.equals("true");
    throw new IllegalArgumentException("rankStabilised must be true or false, is " + text);
  }

  private static Set<Projection> projections(String modules) {
    if (modules.equals(ALL)) return EnumSet.allOf(Projection.class);
    Set<Projection> projections = EnumSet.noneOf(Projection.class);
    for (String module : modules.split(",")) {
      projections.add(Projection.ofModule(module.strip()).orElseThrow(() -> new IllegalArgumentException(
          "no projection " + module + "; there are " + List.of(Projection.values()).stream()
              .map(Projection::module).collect(Collectors.joining(", ")) + ", or " + ALL)));
    }
    return projections;
  }

  /** Numbers and spans such as {@code 0,4-7}. */
  private static Set<Integer> layers(String text) {
    Set<Integer> layers = new TreeSet<>();
    if (text.equals(ALL)) return layers;
    for (String part : text.split(",")) {
      int dash = part.indexOf('-', 1);
      int first = Integer.parseInt(dash < 0 ? part.strip() : part.substring(0, dash).strip());
      int last = dash < 0 ? first : Integer.parseInt(part.substring(dash + 1).strip());
      FineTuneConfig.check(first <= last && last - first < 10_000, "layers", part, "an ascending span");
      for (int layer = first; layer <= last; layer++) layers.add(layer);
    }
    return layers;
  }
}
