package dev.nescio.model.sampling;

import java.util.random.RandomGenerator;

/**
 * Tokens that may be drawn, each with a weight proportional to its probability. In order of ids always, so that a
 * change of the last bits of the logits changes a draw only where it lies at the edge of a token. Immutable; weights
 * are computed where they are needed and not kept: for a whole vocabulary, memory is dearer than the exponential.
 */
final class Candidates {

  private static final int BUCKETS = 1024;
  private static final double BUCKETS_PER_NAT = 16;
  private static final int CHUNK = 64;

  private final int[] ids; // ascending; null for all, from 0 on
  private final float[] logits; // of the ids
  private final float max; // of all tokens
  private final double temperature;
  private final double scale; // 1 / temperature

  private Candidates(int[] ids, float[] logits, float max, double temperature) {
    this.ids = ids;
    this.logits = logits;
    this.max = max;
    this.temperature = temperature;
    this.scale = 1 / temperature;
  }

  /**
   * Every token.
   *
   * @param logits      [V] natural log-probabilities or logits, at least one finite; not changed, and not to be
   * @param temperature above 0
   */
  static Candidates of(float[] logits, double temperature) {
    float max = Float.NEGATIVE_INFINITY;
    for (float value : logits) max = Math.max(max, value);
    return new Candidates(null, logits, max, temperature);
  }

  int size() {
    return logits.length;
  }

  int id(int i) {
    return ids == null ? i : ids[i];
  }

  /** Relative to the heaviest token, which has 1; 0 where it is too small for a double. */
  double weight(int i) {
    return Exponential.of(((double) logits[i] - max) * scale);
  }

  /** Sum of the weights. */
  double mass() {
    return mass(0, size());
  }

  /** The tokens whose weight is at least this, in (0, 1]. */
  Candidates atLeast(double weight) {
    double least = max + temperature * Math.log(weight);
    int kept = 0;
    for (float logit : logits) if (logit >= least) kept++;
    Selection selection = new Selection(kept);
    for (int i = 0; i < logits.length; i++) if (logits[i] >= least) selection.add(i);
    return selection.candidates();
  }

  /** The {@code count} heaviest; of equal weights the lower ids. */
  Candidates heaviest(int count) {
    if (count >= size()) return this;
    int[] counts = new int[BUCKETS];
    for (float logit : logits) counts[bucket(logit)]++;
    int edge = 0;
    int before = 0;
    while (before + counts[edge] < count) before += counts[edge++];
    return front(edge, counts[edge], before, count - before, Double.POSITIVE_INFINITY);
  }

  /** As few of the heaviest as hold this share of the mass, in (0, 1); of equal weights the lower ids. */
  Candidates holding(double share) {
    int[] counts = new int[BUCKETS];
    double[] masses = new double[BUCKETS];
    for (int i = 0; i < logits.length; i++) {
      int bucket = bucket(logits[i]);
      counts[bucket]++;
      masses[bucket] += weight(i);
    }
    double rest = 0;
    for (double mass : masses) rest += mass;
    rest *= share;
    int edge = 0;
    int before = 0;
    while (edge < BUCKETS - 1 && masses[edge] < rest) {
      rest -= masses[edge];
      before += counts[edge++];
    }
    return front(edge, counts[edge], before, Integer.MAX_VALUE, rest);
  }

  /** Draws an id in proportion to the weights. */
  int draw(RandomGenerator random) {
    double[] masses = new double[(size() + CHUNK - 1) / CHUNK];
    double rest = 0;
    for (int chunk = 0; chunk < masses.length; chunk++) {
      masses[chunk] = mass(chunk * CHUNK, Math.min(size(), (chunk + 1) * CHUNK));
      rest += masses[chunk];
    }
    rest *= random.nextDouble();
    int chunk = 0;
    while (chunk < masses.length - 1 && rest >= masses[chunk]) rest -= masses[chunk++];
    int last = 0; // rounding may leave a rest behind the last token
    for (int i = chunk * CHUNK; i < size(); i++) {
      double weight = weight(i);
      if (weight == 0) continue;
      last = i;
      rest -= weight;
      if (rest < 0) break;
    }
    return id(last);
  }

  private double mass(int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) sum += weight(i);
    return sum;
  }

  /**
   * All buckets before {@code edge} and, of the tokens in that, as few of the heaviest as hold the mass, at most
   * {@code count}: only these are put in order.
   */
  private Candidates front(int edge, int room, int before, int count, double mass) {
    HeaviestFirst last = new HeaviestFirst(room);
    for (int i = 0; i < logits.length; i++) {
      if (bucket(logits[i]) == edge) last.add(id(i), logits[i], weight(i));
    }
    int front = last.front(count, mass);
    return until(last.logit(front - 1), last.id(front - 1), before + front);
  }

  /** Number of a bucket of like logits; the best are in the first. */
  private int bucket(float logit) {
    return (int) Math.min(BUCKETS - 1, ((double) max - logit) * (BUCKETS_PER_NAT * scale));
  }

  /** The tokens that are heavier, or as heavy and of no higher id: {@code kept} of them. */
  private Candidates until(float logit, int id, int kept) {
    Selection selection = new Selection(kept);
    for (int i = 0; i < logits.length; i++) {
      if (logits[i] > logit || (logits[i] == logit && id(i) <= id)) selection.add(i);
    }
    return selection.candidates();
  }

  /** A part of the tokens. */
  private final class Selection {
    private final int[] keptIds;
    private final float[] keptLogits;
    private int size;

    Selection(int room) {
      this.keptIds = new int[room];
      this.keptLogits = new float[room];
    }

    void add(int place) {
      keptIds[size] = id(place);
      keptLogits[size++] = logits[place];
    }

    Candidates candidates() {
      return new Candidates(keptIds, keptLogits, max, temperature);
    }
  }
}
