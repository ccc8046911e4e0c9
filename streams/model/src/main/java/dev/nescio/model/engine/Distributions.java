package dev.nescio.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.nescio.language.Generation.Alternative;
import dev.nescio.model.generation.Distribution;
import dev.nescio.model.tokenizer.ModelTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Distributions of M positions, copied out of the engine: of each the figures, and no more of the vocabulary than was
 * asked for. Watched ids are the end tokens, then {@code <IDK>} if the model has it.
 */
final class Distributions {

  private final int ends;
  private final int width; // of the watched ids
  private final int top;
  private final int vocab;
  private final float[] entropy;
  private final long[] best;
  private final float[] topLogProbs;
  private final long[] topIds;
  private final float[] watched;
  private final float[] logSums; // [M], of the logits
  private final int[] wholeAt; // row of logProbs, -1 where only some tokens were asked for
  private final float[] logProbs; // [rows that are whole, V]
  private final int[] targets; // [M], -1 for none
  private final float[] targetLogProbs;

  /**
   * @param ends    number of end tokens among the watched ids
   * @param whole   [M] true to copy the whole distribution too, for drawing
   * @param targets [M] id whose log-probability is asked for, -1 for none
   */
  Distributions(LlamaForward forward, LlamaForward.Observed observed, int ends, boolean[] whole, int[] targets) {
    NDArray all = observed.logProbs();
    this.ends = ends;
    this.width = (int) observed.watched().getShape().get(1);
    this.top = (int) observed.topIds().getShape().get(1);
    this.vocab = (int) all.getShape().get(1);
    this.entropy = observed.entropy().toFloatArray();
    this.best = observed.best().toLongArray();
    this.topLogProbs = observed.topLogProbs().toFloatArray();
    this.topIds = observed.topIds().toLongArray();
    this.watched = observed.watched().toFloatArray();
    this.logSums = logSums(observed);
    long[] rows = IntStream.range(0, whole.length).filter(i -> whole[i]).asLongStream().toArray();
    this.wholeAt = new int[whole.length];
    Arrays.fill(wholeAt, -1);
    for (int i = 0; i < rows.length; i++) wholeAt[(int) rows[i]] = i;
    NDManager scope = all.getManager();
    if (rows.length == 0) this.logProbs = new float[0];
    else if (rows.length == whole.length) this.logProbs = all.toFloatArray();
    else this.logProbs = forward.some(all, scope.create(rows)).toFloatArray();
    this.targets = targets;
    boolean none = IntStream.of(targets).allMatch(id -> id < 0);
    this.targetLogProbs = none ? new float[targets.length] : forward.pick(all,
        scope.create(IntStream.of(targets).map(id -> Math.max(0, id)).asLongStream().toArray())).toFloatArray();
  }

  /** One row of others, with memory of its own. */
  private Distributions(Distributions from, int row) {
    this.ends = from.ends;
    this.width = from.width;
    this.top = from.top;
    this.vocab = from.vocab;
    this.entropy = new float[] {from.entropy[row]};
    this.best = new long[] {from.best[row]};
    this.topLogProbs = Arrays.copyOfRange(from.topLogProbs, row * top, (row + 1) * top);
    this.topIds = Arrays.copyOfRange(from.topIds, row * top, (row + 1) * top);
    this.watched = Arrays.copyOfRange(from.watched, row * width, (row + 1) * width);
    this.logSums = new float[] {from.logSums[row]};
    int at = from.wholeAt[row];
    this.wholeAt = new int[] {Math.min(0, at)};
    this.logProbs = at < 0 ? new float[0] : Arrays.copyOfRange(from.logProbs, at * vocab, (at + 1) * vocab);
    this.targets = new int[] {from.targets[row]};
    this.targetLogProbs = new float[] {from.targetLogProbs[row]};
  }

  /** A logit minus its log-probability, for any token: the most likely one has the smallest rounding error. */
  private float[] logSums(LlamaForward.Observed observed) {
    float[] highest = observed.logits().max(new int[] {1}).toFloatArray();
    for (int row = 0; row < highest.length; row++) highest[row] -= topLogProbs[row * top];
    return highest;
  }

  /** The distribution of one position. */
  Distribution at(int row) {
    return new Row(row);
  }

  /** False where damaged weights gave what is no number. */
  boolean isSound(int row) {
    return Float.isFinite(entropy[row]) && Float.isFinite(topLogProbs[row * top]);
  }

  private final class Row implements Distribution {

    private final int row;

    Row(int row) {
      this.row = row;
    }

    @Override
    public int best() {
      return (int) best[requireSound()];
    }

    @Override
    public double logProb(int id) {
      if (id == best()) return topLogProbs[row * top];
      if (wholeAt[row] >= 0) return logProbs[wholeAt[row] * vocab + id];
      if (id == targets[row]) return targetLogProbs[row];
      throw new IllegalArgumentException("the log-probability of token " + id + " was not asked for");
    }

    @Override
    public double entropy() {
      return Distributions.this.entropy(requireSound());
    }

    @Override
    public double margin() {
      return Distributions.this.margin(row);
    }

    @Override
    public double endLogProb() {
      return Distributions.this.endLogProb(requireSound());
    }

    @Override
    public Optional<Double> pIdk() {
      return Distributions.this.pIdk(requireSound());
    }

    @Override
    public float[] scores() {
      if (wholeAt[requireSound()] < 0) throw new IllegalStateException("the whole distribution was not asked for");
      return Arrays.copyOfRange(logProbs, wholeAt[row] * vocab, (wholeAt[row] + 1) * vocab);
    }

    @Override
    public float logSum() {
      return logSums[row];
    }

    @Override
    public List<Alternative> alternatives(int count, ModelTokenizer tokenizer) {
      return Distributions.this.alternatives(row, count, tokenizer);
    }

    @Override
    public Distribution kept() {
      return new Distributions(Distributions.this, requireSound()).at(0);
    }

    private int requireSound() {
      if (isSound(row)) return row;
      throw new ArithmeticException("the logits are not numbers: the weights of the model or its adapter are damaged");
    }
  }

  /** Nats, never below 0. */
  private double entropy(int row) {
    return Math.max(0, entropy[row]);
  }

  /** Best minus second best, nats. */
  private double margin(int row) {
    return (double) topLogProbs[row * top] - topLogProbs[row * top + 1];
  }

  /** Log-probability of ending: of all end tokens together. */
  private double endLogProb(int row) {
    double sum = 0;
    for (int i = 0; i < ends; i++) sum += Math.exp(watched[row * width + i]);
    return ends == 1 ? watched[row * width] : Math.log(sum);
  }

  private Optional<Double> pIdk(int row) {
    return width > ends ? Optional.of(Math.min(1, Math.exp(watched[row * width + ends]))) : Optional.empty();
  }

  /** The most likely tokens, best first; of two alike the lower id first. */
  private List<Alternative> alternatives(int row, int count, ModelTokenizer tokenizer) {
    List<Alternative> list = new ArrayList<>(count);
    for (int i = 0; i < top && count > 0; i++) {
      int id = (int) topIds[row * top + i];
      list.add(new Alternative(id, tokenizer.decode(id), topLogProbs[row * top + i]));
    }
    list.sort(Comparator.comparingDouble(Alternative::logProb).reversed().thenComparingInt(Alternative::id));
    return list.size() > count ? list.subList(0, count) : list;
  }
}
