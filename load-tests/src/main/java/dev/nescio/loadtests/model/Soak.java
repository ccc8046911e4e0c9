package dev.nescio.loadtests.model;

import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.Sampling;
import dev.nescio.model.local.HeldMemory;
import dev.nescio.model.local.LocalLanguageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Mixed work on a model for as long as asked: samples, questions with a common beginning, texts to score, adapters that
 * come and go. The resident size is read while it runs; the first third is warm-up. What the model holds is
 * counted after every round, so that even a short run sees a block or an array that is not given back.
 */
final class Soak {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int READINGS = 60;
  /** Fewer tell nothing: a starved process goes on until it has them. */
  private static final int FEWEST_READINGS = 6;
  private static final String WORDS = "The quick brown fox jumps over the lazy dog and goes on. ";
  /** What a resident size may wander by without growing: the collector's heap. */
  static final long ALLOWED_BYTES = 64L << 20;

  /**
   * A moment of the run.
   *
   * @param seconds       since it began
   * @param residentBytes of the process
   * @param held          by the model, nothing being at work
   */
  record Reading(double seconds, long residentBytes, HeldMemory held) {}

  /**
   * What was seen.
   *
   * @param tokens    written and scored
   * @param forgotten rounds after which the model held a block or an array more than after the first
   * @param peakBytes greatest resident size of the process since it was started, opening of the model included
   * @param readings  in order
   */
  record Outcome(
      double seconds, long rounds, long tokens, long forgotten, long peakBytes, List<Reading> readings) {

    Outcome {
      readings = List.copyOf(readings);
    }

    /** Greatest size in the last third minus that in the third before, bytes. */
    long growthBytes() {
      int third = readings.size() / 3;
      return highest(readings.subList(2 * third, readings.size())) - highest(readings.subList(third, 2 * third));
    }

    /** True if nothing was forgotten and the resident size stayed. */
    boolean isFlat() {
      return forgotten == 0 && growthBytes() <= ALLOWED_BYTES;
    }

    private static long highest(List<Reading> some) {
      return some.stream().mapToLong(Reading::residentBytes).max().orElseThrow();
    }
  }

  private final LocalLanguageModel model;
  private final List<Path> adapters;
  private final SplittableRandom random;

  /**
   * @param adapters directories in PEFT layout to load and drop, none to do without
   */
  Soak(LocalLanguageModel model, List<Path> adapters, long seed) {
    this.model = model;
    this.adapters = List.copyOf(adapters);
    this.random = new SplittableRandom(seed);
  }

  /**
   * Works until the time is over, and at least for a few readings.
   *
   * @param progress hears of each reading
   */
  Outcome run(Duration time, Consumer<Reading> progress) throws IOException {
    long start = System.nanoTime();
    List<Reading> readings = new ArrayList<>();
    long rounds = 1;
    long tokens = round();
    long forgotten = 0;
    HeldMemory first = model.heldMemory();
    double seconds = 0;
    while (seconds < time.toNanos() / 1e9 || readings.size() < FEWEST_READINGS) {
      tokens += round();
      rounds++;
      HeldMemory held = model.heldMemory();
      if (held.arrays() > first.arrays() || held.blocks() > first.blocks()) forgotten++;
      seconds = (System.nanoTime() - start) / 1e9;
      if (seconds * READINGS * 1e9 / time.toNanos() >= readings.size()) {
        readings.add(new Reading(seconds, bytes("VmRSS:"), held));
        progress.accept(readings.getLast());
      }
    }
    return new Outcome(seconds, rounds, tokens, forgotten, bytes("VmHWM:"), readings);
  }

  private long round() throws IOException {
    Optional<String> adapter = adapters.isEmpty() || random.nextInt(3) == 0
        ? Optional.empty()
        : Optional.of(model.loadAdapter(adapters.get(random.nextInt(adapters.size()))));
    String beginning = WORDS.repeat(1 + random.nextInt(3));
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = random.nextInt(1, 12); i > 0; i--) {
      GenerationRequest request = GenerationRequest.greedy(beginning + random.nextInt(1000), random.nextInt(1, 24))
          .withStop(List.of()).withIgnoreEnd(true);
      boolean draws = random.nextBoolean();
      requests.add((draws ? request.withSamples(random.nextInt(1, 5), new Sampling(1, 50, .95), random.nextLong()) : request)
          .withAdapter(random.nextBoolean() ? adapter : Optional.empty()));
    }
    long tokens = model.generate(requests).stream()
        .flatMap(g -> g.sequences().stream()).mapToLong(s -> s.generatedTokens()).sum();
    tokens += model.score(List.of(new ContinuationRequest(beginning, " and so on", adapter))).getFirst().tokens().size();
    adapter.ifPresent(model::unloadAdapter);
    return tokens;
  }

  /** A figure of this process's memory, as Linux names it. */
  private static long bytes(String name) throws IOException {
    try (var lines = Files.lines(STATUS)) {
      return lines.filter(line -> line.startsWith(name)).findFirst()
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .orElseThrow(() -> new IOException(STATUS + " does not tell " + name));
    }
  }
}
