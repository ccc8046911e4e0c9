package dev.nescio.model.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.language.Sampling;
import dev.nescio.model.Golden;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SamplerTest {

  // probabilities .5, .25, .125, .125
  private static final float[] LOG_PROBS = {log(.5), log(.25), log(.125), log(.125)};

  @Test
  void greedyTakesTheLowerIdOfTwoAlike() {
    assertThat(Sampler.of(Sampling.GREEDY, null).sample(new float[] {-3, -1, -1, -2})).isEqualTo(1);
  }

  @Test
  void temperatureSharpens() {
    // at 1/2 weights are squared: 1, 1/4, 1/16, 1/16 of the largest
    Candidates sharp = Candidates.of(LOG_PROBS, 0.5);
    assertThat(IntStream.range(0, 4).mapToDouble(sharp::weight).toArray()).usingComparatorWithPrecision(1e-6)
        .containsExactly(1, .25, .0625, .0625);
  }

  @Test
  void topKTakesTheLowerIdsOfEqualWeights() {
    Candidates all = Candidates.of(LOG_PROBS, 1);
    assertThat(ids(new Cut.TopK(3).of(all))).containsExactly(0, 1, 2);
    assertThat(ids(new Cut.TopK(1).of(all))).containsExactly(0);
    assertThat(ids(new Cut.TopK(9).of(all))).hasSize(4);
  }

  @Test
  void topPIsTheSmallestSetThatHoldsTheMass() {
    Candidates all = Candidates.of(LOG_PROBS, 1);
    assertThat(ids(new Cut.TopP(.4).of(all))).containsExactly(0);
    assertThat(ids(new Cut.TopP(.7).of(all))).containsExactly(0, 1);
    assertThat(ids(new Cut.TopP(.8).of(all))).containsExactly(0, 1, 2);
    assertThat(ids(new Cut.TopP(1e-9).of(all))).containsExactly(0);
  }

  @Test
  void minPIsRelativeToTheMostLikely() {
    Candidates all = Candidates.of(LOG_PROBS, 1);
    assertThat(ids(new Cut.MinP(.26).of(all))).containsExactly(0, 1);
    assertThat(ids(new Cut.MinP(.24).of(all))).containsExactly(0, 1, 2, 3);
    assertThat(ids(new Cut.MinP(1).of(all))).containsExactly(0);
  }

  @Test
  void aPenaltyDividesPositiveAndMultipliesNegativeLogits() {
    // logits 2, -1, 0.5; log of their sum of exponentials 2.2365...
    float logSum = (float) Math.log(Math.exp(2) + Math.exp(-1) + Math.exp(.5));
    float[] logProbs = {2 - logSum, -1 - logSum, .5f - logSum};
    float[] weakened = new RepetitionPenalty(2).apply(logProbs, logSum, TokenHistory.of(0, 1, 0, 7));
    assertThat(weakened[0] + logSum).isCloseTo(1, within(1e-6f));
    assertThat(weakened[1] + logSum).isCloseTo(-2, within(1e-6f));
    assertThat(weakened[2]).isEqualTo(logProbs[2]);
  }

  @Test
  void greedyWithPenaltyIsTheBestOfThePenalisedLogits() {
    Sampling sampling = new Sampling(0, 0, 1, 0, 3);
    assertThat(sampling.isGreedy()).isTrue();
    assertThat(sampling.isArgmax()).isFalse();
    // 3/3 < 2: the token that has occurred is no longer the best
    assertThat(Sampler.of(sampling, null).sample(new float[] {3, 2, 1}, 0, TokenHistory.of(0))).isEqualTo(1);
    assertThat(Sampler.of(sampling, null).sample(new float[] {3, 2, 1}, 0, TokenHistory.of(2))).isEqualTo(0);
  }

  @Test
  void leavesWhatTheReferenceLeavesWithItsProbabilities() {
    for (JsonNode golden : Golden.json("sampling.json")) {
      Sampling sampling = sampling(golden.get("settings"));
      float[] logits = Golden.floats(golden.get("logits"));
      Candidates left = left(logits, sampling, TokenHistory.of(Golden.ints(golden.get("seen"))));
      assertThat(ids(left)).as(sampling.toString()).containsExactly(Golden.ints(golden.get("kept")));
      for (int i = 0; i < left.size(); i++) {
        // the reference computes in float32
        assertThat(left.weight(i) / left.mass()).as(sampling.toString())
            .isCloseTo(golden.get("probabilities").get(i).asDouble(), within(1e-6));
      }
    }
  }

  @Test
  void theSameSeedAndIndexDrawTheSame() {
    assertThat(Sampler.stream(5, 2).nextLong()).isEqualTo(Sampler.stream(5, 2).nextLong());
    assertThat(IntStream.range(0, 100).mapToLong(i -> Sampler.stream(5, i).nextLong()).distinct()).hasSize(100);
  }

  /** Pearson's chi-square over cells of at least 5 expected draws, bound of 1 in 10 000; the seeds are fixed. */
  @Test
  void drawsInProportion() {
    for (Sampling sampling : List.of(
        new Sampling(1, 0, 1), new Sampling(.7, 20, 1), new Sampling(1.3, 0, .8), new Sampling(1, 0, 1, .05, 1),
        new Sampling(.9, 30, .95, .01, 1.2))) {
      SplittableRandom random = new SplittableRandom(11);
      float[] logits = new float[60];
      for (int i = 0; i < logits.length; i++) logits[i] = (float) (4 * random.nextDouble() - 1);
      TokenHistory seen = TokenHistory.of(3, 9, 27);
      Sampler sampler = Sampler.of(sampling, Sampler.stream(1, 2));
      int draws = 50_000;
      int[] counts = new int[logits.length];
      for (int i = 0; i < draws; i++) counts[sampler.sample(logits, 0, seen)]++;
      Candidates exact = left(logits, sampling, seen);
      double chiSquare = 0;
      int cells = 0;
      for (int i = 0; i < exact.size(); i++) {
        double expected = draws * exact.weight(i) / exact.mass();
        chiSquare += Math.pow(counts[exact.id(i)] - expected, 2) / expected;
        if (expected >= 5) cells++;
      }
      assertThat(cells).isEqualTo(exact.size());
      assertThat(IntStream.of(counts).filter(c -> c > 0).count()).as("nothing outside").isLessThanOrEqualTo(cells);
      assertThat(chiSquare).as(sampling.toString()).isLessThan(upperBound(cells - 1));
    }
  }

  @Property(tries = 300)
  void cutsEqualTheSlowReference(
      @ForAll @Size(min = 1, max = 60) int[] seeds,
      @ForAll @DoubleRange(min = .1, max = 3) double temperature,
      @ForAll @IntRange(max = 70) int topK,
      @ForAll @DoubleRange(min = .01, max = 1) double topP,
      @ForAll @DoubleRange(max = 1) double minP) {
    float[] logits = logits(seeds);
    float[] before = logits.clone();
    Sampling sampling = new Sampling(temperature, topK, topP, minP, 1);
    assertThat(ids(left(logits, sampling, TokenHistory.of()))).containsExactly(slow(logits, sampling));
    int drawn = Sampler.of(sampling, new SplittableRandom(seeds[0])).sample(logits);
    assertThat(slow(logits, sampling)).contains(drawn);
    assertThat(logits).containsExactly(before);
  }

  @Property(tries = 200)
  void theHeaviestAreFoundWithoutSorting(
      @ForAll @Size(min = 1, max = 200) int[] seeds, @ForAll @IntRange(min = 1) int k) {
    float[] logits = logits(seeds);
    int count = 1 + (k - 1) % logits.length;
    int[] sorted = IntStream.range(0, logits.length).boxed()
        .sorted(Comparator.<Integer>comparingDouble(i -> -logits[i]).thenComparingInt(i -> i))
        .limit(count).mapToInt(i -> i).sorted().toArray();
    assertThat(ids(new Cut.TopK(count).of(Candidates.of(logits, 1)))).containsExactly(sorted);
  }

  /** The cuts by sorting everything, as the definitions read. */
  private static int[] slow(float[] logits, Sampling sampling) {
    double max = IntStream.range(0, logits.length).mapToDouble(i -> logits[i]).max().orElseThrow();
    double[] weights = IntStream.range(0, logits.length)
        .mapToDouble(i -> Math.exp((logits[i] - max) / sampling.temperature())).toArray();
    List<Integer> order = new ArrayList<>(IntStream.range(0, logits.length).boxed().toList());
    order.sort(Comparator.<Integer>comparingDouble(i -> -weights[i]).thenComparingInt(i -> i));
    if (sampling.topK() > 0 && sampling.topK() < order.size()) order = order.subList(0, sampling.topK());
    double total = order.stream().mapToDouble(i -> weights[i]).sum();
    List<Integer> nucleus = new ArrayList<>();
    double mass = 0;
    for (int i : order) {
      if (mass < sampling.topP() * total || nucleus.isEmpty()) nucleus.add(i);
      mass += weights[i];
    }
    if (sampling.topP() == 1) nucleus = order;
    return nucleus.stream().filter(i -> weights[i] >= sampling.minP()).mapToInt(i -> i).sorted().toArray();
  }

  private static Candidates left(float[] logits, Sampling sampling, TokenHistory seen) {
    float[] weakened =
        sampling.penalises() ? new RepetitionPenalty(sampling.repetitionPenalty()).apply(logits, 0, seen) : logits;
    Candidates candidates = Candidates.of(weakened, sampling.temperature());
    for (Cut cut : Cut.of(sampling)) candidates = cut.of(candidates);
    return candidates;
  }

  private static Sampling sampling(JsonNode settings) {
    return new Sampling(settings.path("temperature").asDouble(1), settings.path("topK").asInt(0),
        settings.path("topP").asDouble(1), settings.path("minP").asDouble(0),
        settings.path("repetitionPenalty").asDouble(1));
  }

  /** Coarse, so that many are alike. */
  private static float[] logits(int[] seeds) {
    float[] logits = new float[seeds.length];
    for (int i = 0; i < logits.length; i++) logits[i] = -(Math.abs(seeds[i] % 100) / 10f);
    return logits;
  }

  private static int[] ids(Candidates candidates) {
    return IntStream.range(0, candidates.size()).map(candidates::id).toArray();
  }

  /** Quantile 1 - 1e-4 of chi-square. Source: Wilson and Hilferty 1931; z = 3.719. */
  private static double upperBound(int freedom) {
    double c = 2.0 / (9 * freedom);
    return freedom * Math.pow(1 - c + 3.719 * Math.sqrt(c), 3);
  }

  private static float log(double p) {
    return (float) Math.log(p);
  }
}
