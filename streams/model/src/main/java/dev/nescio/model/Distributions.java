package dev.nescio.model;

import ai.djl.ndarray.NDArray;
import dev.nescio.language.Generation.Alternative;
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
  }

  int best(int row) {
    return (int) best[row];
  }

  /** Log-probability of the most likely token. */
  double bestLogProb(int row) {
    return topLogProbs[row * top];
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

  /** All log-probabilities of a row, a copy. */
  float[] logProbs(int row) {
    return Arrays.copyOfRange(logProbs, row * vocab, (row + 1) * vocab);
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
