package dev.nescio.model.engine;

import ai.djl.ndarray.NDArray;
import dev.nescio.language.Generation.Alternative;
import dev.nescio.model.generation.Distribution;
import dev.nescio.model.tokenizer.ModelTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Distributions of M positions, copied out of the engine.
 *
 * <p>Watched ids are the end tokens, then {@code <IDK>} if the model has it.
 */
final class Distributions {

  private final int ends;
  private final int width; // of the watched ids
  private final int top;
  private final float[] entropy;
  private final long[] best;
  private final float[] topLogProbs;
  private final long[] topIds;
  private final float[] watched;
  private final float[] logProbs; // [M, V], null when only the most likely tokens are asked for
  private final int vocab;
  private final float[] logSums; // [M], of the logits

  /**
   * @param ends number of end tokens among the watched ids
   * @param full true to copy whole distributions too, for drawing
   */
  Distributions(LlamaForward.Observed observed, int ends, boolean full) {
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
    this.logProbs = full ? all.toFloatArray() : null;
    this.logSums = logSums(observed);
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

  private final class Row implements Distribution {

    private final int row;

    Row(int row) {
      this.row = row;
    }

    @Override
    public int best() {
      return (int) best[row];
    }

    @Override
    public double logProb(int id) {
      return id == best() ? topLogProbs[row * top] : logProbs[row * vocab + id];
    }

    @Override
    public double entropy() {
      return Distributions.this.entropy(row);
    }

    @Override
    public double margin() {
      return Distributions.this.margin(row);
    }

    @Override
    public double endLogProb() {
      return Distributions.this.endLogProb(row);
    }

    @Override
    public Optional<Double> pIdk() {
      return Distributions.this.pIdk(row);
    }

    @Override
    public float[] scores() {
      return Arrays.copyOfRange(logProbs, row * vocab, (row + 1) * vocab);
    }

    @Override
    public float logSum() {
      return logSums[row];
    }

    @Override
    public List<Alternative> alternatives(int count, ModelTokenizer tokenizer) {
      return Distributions.this.alternatives(row, count, tokenizer);
    }
  }

  /** Nats, never below 0. */
  double entropy(int row) {
    return Math.max(0, entropy[row]);
  }

  /** Best minus second best, nats. */
  double margin(int row) {
    return (double) topLogProbs[row * top] - topLogProbs[row * top + 1];
  }

  /** Log-probability of ending: of all end tokens together. */
  double endLogProb(int row) {
    double sum = 0;
    for (int i = 0; i < ends; i++) sum += Math.exp(watched[row * width + i]);
    return ends == 1 ? watched[row * width] : Math.log(sum);
  }

  Optional<Double> pIdk(int row) {
    return width > ends ? Optional.of(Math.min(1, Math.exp(watched[row * width + ends]))) : Optional.empty();
  }

  /** The most likely tokens, best first; of two alike the lower id first. */
  List<Alternative> alternatives(int row, int count, ModelTokenizer tokenizer) {
    List<Alternative> list = new ArrayList<>(count);
    for (int i = 0; i < top && count > 0; i++) {
      int id = (int) topIds[row * top + i];
      list.add(new Alternative(id, tokenizer.decode(id), topLogProbs[row * top + i]));
    }
    list.sort(Comparator.comparingDouble(Alternative::logProb).reversed().thenComparingInt(Alternative::id));
    return list.size() > count ? list.subList(0, count) : list;
  }
}
