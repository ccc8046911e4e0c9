package dev.nescio.metrics;

/**
 * Everything kept about one group of observations: counts, reliability cells, loss sums, and rank grids of confidence
 * and p_idk. All of it is linear in the observations, so it can be added, removed and merged in any order. Mutable.
 */
final class Tally {

  /** Keeps the logarithm finite: a confident error costs 27.6 nats. */
  static final double CLIP = 1e-12;

  private long correct;
  private long incorrect;
  private final ReliabilityCells cells = new ReliabilityCells();
  private final LossSums squared = new LossSums();
  private final LossSums logarithmic = new LossSums();
  private final RankGrid byConfidence = new RankGrid(RankScale.EVEN);
  private final RankGrid byIdk = new RankGrid(RankScale.TAILS);

  /** Adds an observation, or takes it out with sign -1. */
  void add(Observation o, int sign) {
    boolean right = o.correct();
    if (right) correct += sign; else incorrect += sign;
    if (o.confidence().isPresent()) addConfidence(o.confidence().getAsInt(), right, sign);
    if (o.pIdk().isPresent()) byIdk.add(o.pIdk().getAsInt(), right, sign);
  }

  private void addConfidence(int units, boolean right, int sign) {
    cells.add(units, right, sign);
    byConfidence.add(units, right, sign);
    long distance = right ? Observation.ONE - units : units;
    long square = distance * distance;
    squared.add(right, square, (square + Observation.ONE / 2) / Observation.ONE, sign);
    // StrictMath: the same bits on every machine, as what is removed must be what was added.
    double hit = Math.max(CLIP, (Observation.ONE - distance) / (double) Observation.ONE);
    long nats = Math.round(-StrictMath.log(hit) * Observation.ONE);
    logarithmic.add(right, nats, nats, sign);
  }

  void merge(Tally other, int sign) {
    correct += sign * other.correct;
    incorrect += sign * other.incorrect;
    cells.merge(other.cells, sign);
    squared.merge(other.squared, sign);
    logarithmic.merge(other.logarithmic, sign);
    byConfidence.merge(other.byConfidence, sign);
    byIdk.merge(other.byIdk, sign);
  }

  long correct() {
    return correct;
  }

  long incorrect() {
    return incorrect;
  }

  ReliabilityCells cells() {
    return cells;
  }

  /** Squared distance of confidence and correctness, in units of 10⁻¹⁸. */
  LossSums squared() {
    return squared;
  }

  /** Negative log-likelihood, in units of 10⁻⁹ nats. */
  LossSums logarithmic() {
    return logarithmic;
  }

  RankGrid byConfidence() {
    return byConfidence;
  }

  RankGrid byIdk() {
    return byIdk;
  }

  boolean isEmpty() {
    return correct == 0 && incorrect == 0 && cells.isEmpty() && squared.isEmpty() && logarithmic.isEmpty()
        && byConfidence.isEmpty() && byIdk.isEmpty();
  }

  boolean hasNegative() {
    return correct < 0 || incorrect < 0 || cells.hasNegative() || squared.hasNegative() || logarithmic.hasNegative()
        || byConfidence.hasNegative() || byIdk.hasNegative();
  }

  void write(ByteWriter out) {
    out.signed(correct);
    out.signed(incorrect);
    cells.write(out);
    squared.write(out);
    logarithmic.write(out);
    byConfidence.write(out);
    byIdk.write(out);
  }

  void read(ByteReader in, long version) {
    correct = in.signed();
    incorrect = in.signed();
    cells.read(in, version);
    squared.read(in);
    logarithmic.read(in);
    byConfidence.read(in);
    byIdk.read(in);
  }
}
