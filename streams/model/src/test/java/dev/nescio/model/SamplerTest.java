package dev.nescio.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nescio.language.Sampling;
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
    assertThat(Candidates.of(LOG_PROBS, 0.5).weights()).usingComparatorWithPrecision(1e-6)
        .containsExactly(1, .25, .0625, .0625);
  }

  @Test
  void topKTakesTheLowerIdsOfEqualWeights() {
    assertThat(Candidates.of(LOG_PROBS, 1).topK(3).ids()).containsExactly(0, 1, 2);
    assertThat(Candidates.of(LOG_PROBS, 1).topK(0).ids()).hasSize(4);
    assertThat(Candidates.of(LOG_PROBS, 1).topK(9).ids()).hasSize(4);
  }

  @Test
  void topPIsTheSmallestSetThatHoldsTheMass() {
    assertThat(Candidates.of(LOG_PROBS, 1).topP(.4).ids()).containsExactly(0);
    assertThat(Candidates.of(LOG_PROBS, 1).topP(.7).ids()).containsExactly(0, 1);
    assertThat(Candidates.of(LOG_PROBS, 1).topP(.8).ids()).containsExactly(0, 1, 2);
    assertThat(Candidates.of(LOG_PROBS, 1).topP(1e-9).ids()).containsExactly(0);
  }

  @Test
  void drawsInProportion() {
    Sampler sampler = Sampler.of(new Sampling(1, 0, 1), new SplittableRandom(7));
    int[] counts = new int[4];
    IntStream.range(0, 40_000).forEach(i -> counts[sampler.sample(LOG_PROBS)]++);
    assertThat(counts[0] / 40_000.0).isCloseTo(.5, within(.015));
    assertThat(counts[1] / 40_000.0).isCloseTo(.25, within(.015));
    assertThat(counts[3] / 40_000.0).isCloseTo(.125, within(.015));
  }

  @Test
  void theSameSeedAndIndexDrawTheSame() {
    assertThat(Sampler.stream(5, 2).nextLong()).isEqualTo(Sampler.stream(5, 2).nextLong());
    assertThat(IntStream.range(0, 100).mapToLong(i -> Sampler.stream(5, i).nextLong()).distinct()).hasSize(100);
  }

  @Property
  void neverChangesTheDistributionAndDrawsOnlyWhatTheCutsLeave(
      @ForAll @Size(min = 1, max = 40) int[] seeds,
      @ForAll @DoubleRange(min = .1, max = 3) double temperature,
      @ForAll @IntRange(max = 50) int topK,
      @ForAll @DoubleRange(min = .01, max = 1) double topP) {
    float[] logProbs = new float[seeds.length];
    for (int i = 0; i < logProbs.length; i++) logProbs[i] = -(Math.abs(seeds[i] % 1000) / 100f);
    float[] before = logProbs.clone();
    int drawn = Sampler.of(new Sampling(temperature, topK, topP), new SplittableRandom(seeds[0])).sample(logProbs);
    assertThat(logProbs).containsExactly(before);
    int better = (int) IntStream.range(0, logProbs.length).filter(i -> before[i] > before[drawn]).count();
    if (topK > 0) assertThat(better).isLessThan(topK);
    double total = IntStream.range(0, before.length).mapToDouble(i -> Math.exp(before[i] / temperature)).sum();
    double above = IntStream.range(0, before.length).filter(i -> before[i] > before[drawn])
        .mapToDouble(i -> Math.exp(before[i] / temperature)).sum();
    if (topK == 0) assertThat(above / total).isLessThan(topP + 1e-9);
  }

  private static float log(double p) {
    return (float) Math.log(p);
  }
}
