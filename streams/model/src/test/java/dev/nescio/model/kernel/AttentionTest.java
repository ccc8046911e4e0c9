package dev.nescio.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class AttentionTest {

  private static final int ROOM = 5 * KvPool.BLOCK;
  private static final int KV_HEADS = 2;

  @Property(tries = 60)
  void everyQueryGetsTheWeightedMeanOfWhatItSees(
      @ForAll @IntRange(min = 1, max = 150) int length, @ForAll @IntRange(min = 1, max = 10) int eighths,
      @ForAll @IntRange(min = 1, max = 160) int window, @ForAll long seed) {
    int dim = 8 * eighths;
    int count = Math.min(Attention.TILE, ROOM - length);
    Random random = new Random(seed);
    int tokens = length + count - 1;
    float[] keys = normal(random, tokens * KV_HEADS * dim);
    float[] values = normal(random, tokens * KV_HEADS * dim);
    float[] queries = normal(random, count * dim);
    DecoderShape shape = shape(dim);
    try (KvPool pool = new KvPool(shape); KvSequence kv = new KvSequence(pool)) {
      Attention attention = new Attention(shape);
      kv.extend(tokens);
      for (int t = 0; t < tokens; t++) {
        attention.store(kv, 1, t, keys, t * KV_HEADS * dim, values, t * KV_HEADS * dim);
      }
      for (int head = 0; head < KV_HEADS; head++) {
        float[] together = new float[count * dim];
        float[] weights = new float[Attention.TILE * ROOM];
        attention.attend(kv, 1, head, length, window, count, queries, 0, dim, together, 0, dim, weights, ROOM);
        for (int r = 0; r < count; r++) {
          int first = Math.max(0, length + r - window);
          double[] expected = slow(queries, r * dim, keys, values, head, first, length + r, dim);
          float[] alone = new float[dim];
          float[] scratch = new float[weights.length];
          attention.attend(kv, 1, head, length + r, window, 1, queries, r * dim, dim, alone, 0, dim, scratch, ROOM);
          double sum = 0;
          for (int t = first; t < length + r; t++) sum += weights[r * ROOM + t];
          assertThat(sum).isCloseTo(1, within(1e-5));
          for (int d = 0; d < dim; d++) {
            assertThat((double) together[r * dim + d]).isCloseTo(expected[d], within(1e-5));
          }
          assertThat(alone).as("the same bits").isEqualTo(Arrays.copyOfRange(together, r * dim, (r + 1) * dim));
        }
      }
    }
  }

  @Property(tries = 30)
  void aWindowThatHoldsAllChangesNoBit(
      @ForAll @IntRange(min = 1, max = 150) int length, @ForAll @IntRange(max = 40) int more, @ForAll long seed) {
    int dim = 32;
    Random random = new Random(seed);
    DecoderShape shape = shape(dim);
    try (KvPool pool = new KvPool(shape); KvSequence kv = new KvSequence(pool)) {
      Attention attention = new Attention(shape);
      float[] rows = normal(random, 2 * length * KV_HEADS * dim);
      kv.extend(length);
      for (int t = 0; t < length; t++) {
        attention.store(kv, 0, t, rows, t * KV_HEADS * dim, rows, (length + t) * KV_HEADS * dim);
      }
      float[] query = normal(random, dim);
      float[] full = new float[dim];
      attention.attend(
          kv, 0, 1, length, Integer.MAX_VALUE, 1, query, 0, dim, full, 0, dim, new float[Attention.TILE * ROOM], ROOM);
      float[] within = new float[dim];
      attention.attend(
          kv, 0, 1, length, length + more, 1, query, 0, dim, within, 0, dim, new float[Attention.TILE * ROOM], ROOM);
      assertThat(within).isEqualTo(full);
    }
  }

  @Property(tries = 30)
  void whatStandsBeforeTheWindowIsNotRead(@ForAll @IntRange(min = 1, max = 60) int window, @ForAll long seed) {
    int dim = 32;
    int length = 140;
    Random random = new Random(seed);
    DecoderShape shape = shape(dim);
    try (KvPool pool = new KvPool(shape); KvSequence kv = new KvSequence(pool)) {
      Attention attention = new Attention(shape);
      float[] rows = normal(random, 2 * length * KV_HEADS * dim);
      kv.extend(length);
      float[] query = normal(random, dim);
      float[][] results = new float[2][dim];
      for (float[] result : results) {
        for (int t = 0; t < length; t++) {
          attention.store(kv, 0, t, rows, t * KV_HEADS * dim, rows, (length + t) * KV_HEADS * dim);
        }
        attention.attend(
            kv, 0, 0, length, window, 1, query, 0, dim, result, 0, dim, new float[Attention.TILE * ROOM], ROOM);
        Arrays.fill(rows, 0, (length - window) * KV_HEADS * dim, Float.NaN);
        Arrays.fill(rows, length * KV_HEADS * dim, (2 * length - window) * KV_HEADS * dim, Float.NaN);
      }
      assertThat(results[1]).isEqualTo(results[0]).doesNotContain(Float.NaN);
    }
  }

  private static double[] slow(
      float[] q, int at, float[] keys, float[] values, int head, int first, int length, int dim) {
    double[] mean = new double[dim];
    double total = 0;
    for (int t = first; t < length; t++) {
      int token = (t * KV_HEADS + head) * dim;
      double score = 0;
      for (int d = 0; d < dim; d++) score += (double) q[at + d] * keys[token + d];
      double weight = Math.exp(score / Math.sqrt(dim));
      total += weight;
      for (int d = 0; d < dim; d++) mean[d] += weight * values[token + d];
    }
    for (int d = 0; d < dim; d++) mean[d] /= total;
    return mean;
  }

  private static float[] normal(Random random, int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) values[i] = (float) random.nextGaussian();
    return values;
  }

  private static DecoderShape shape(int dim) {
    return new DecoderShape(2, dim, dim, KV_HEADS, KV_HEADS, dim, 10, 1e-5f, List.of(ROOM, ROOM));
  }
}
