package dev.nescio.standalone;

import dev.nescio.language.Sampling;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** How tokens are drawn, by commands that generate. */
final class SamplingOptions {

  @Option(
      names = "--n",
      paramLabel = "N",
      defaultValue = "1",
      description = "Samples of each prompt (default: ${DEFAULT-VALUE}).")
  int samples;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "0",
      description = "0 takes the most likely token (default: ${DEFAULT-VALUE}).")
  double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "0",
      description = "Only the K best tokens; 0 for all (default).")
  int topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      defaultValue = "1",
      description = "Only the best tokens that hold P of the mass; 1 for all (default).")
  double topP;

  @Option(
      names = "--min-p",
      paramLabel = "P",
      defaultValue = "0",
      description = "Only tokens at least P times as likely as the best; 0 for all (default).")
  double minP;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "R",
      defaultValue = "1",
      description = "Above 1 weakens tokens that have occurred (default: ${DEFAULT-VALUE}).")
  double repetitionPenalty;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "64",
      description = "Upper bound of generated tokens (default: ${DEFAULT-VALUE}).")
  int maxTokens;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "What draws depend on (default: ${DEFAULT-VALUE}).")
  long seed;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "Ends a text and is cut off it; may be given several times. \\n, \\t and \\\\ are understood.")
  List<String> stop = new ArrayList<>();

  Sampling sampling() {
    if (samples < 1) throw new UserError("--n must be at least 1, is " + samples);
    if (maxTokens < 1) throw new UserError("--max-tokens must be at least 1, is " + maxTokens);
    try {
      return new Sampling(temperature, topK, topP, minP, repetitionPenalty);
    } catch (IllegalArgumentException e) {
      throw new UserError("how to draw tokens: " + e.getMessage(), e);
    }
  }

  List<String> stopStrings() {
    List<String> strings = stop.stream()
        .map(s -> s.replace("\\\\", "\0").replace("\\n", "\n").replace("\\t", "\t").replace('\0', '\\')).toList();
    if (strings.contains("")) throw new UserError("--stop is empty; give it a text");
    return strings;
  }
}
