package dev.nescio.model.kernel;

import dev.nescio.model.kernel.DecoderWeights.Layer;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * A decoder with rotary positions, grouped queries and a gated feed-forward: runs new tokens of several sequences, prompts
 * and single tokens alike, through all layers. One run at a time.
 */
public final class Decoder {

  private static final int Q = 0;
  private static final int K = 1;
  private static final int V = 2;
  private static final int O = 3;
  private static final int GATE = 4;
  private static final int UP = 5;
  private static final int DOWN = 6;
  /** Tasks a thread gets of one product: enough to even out, few enough to cost nothing. */
  private static final int TASKS_A_THREAD = 8;

  private final DecoderShape shape;
  private final Team team;
  private final Buffers buffers;
  private final Attention attention;
  private final int room;
  private final ThreadLocal<float[]> scores; // [Attention.TILE, room]

  /**
   * @param maxRows   most tokens of a run
   * @param maxWanted most logits of a run
   * @param positions longest sequence
   */
  public Decoder(DecoderShape shape, Team team, int maxRows, int maxWanted, int positions) {
    this.shape = shape;
    this.team = team;
    this.buffers = new Buffers(shape, maxRows, maxWanted);
    this.attention = new Attention(shape);
    this.room = (positions + KvPool.BLOCK - 1) / KvPool.BLOCK * KvPool.BLOCK;
    this.scores = ThreadLocal.withInitial(() -> new float[Attention.TILE * room]);
  }

  /** Runs all spans and adds their tokens to their sequences. */
  public Logits run(DecoderWeights weights, List<Span> spans) {
    buffers.require(spans);
    Batch batch = new Batch(spans);
    buffers.makeLow(batch.rows() * batch.rank());
    embed(weights, batch);
    for (int l = 0; l < shape.layers(); l++) layer(weights, l, batch);
    probe(batch, shape.layers());
    return head(weights, batch);
  }

  private void embed(DecoderWeights weights, Batch batch) {
    int hidden = shape.hidden();
    rows(batch.rows(), r -> {
      Adapter adapter = batch.span(r).adapter();
      int id = batch.token(r);
      if (id < shape.vocab()) {
        weights.embedding().row(id, buffers.h, r * hidden);
      } else {
        System.arraycopy(adapter.idkEmbedding(), 0, buffers.h, r * hidden, hidden);
      }
    });
  }

  private void layer(DecoderWeights weights, int l, Batch batch) {
    Layer layer = weights.layers().get(l);
    int hidden = shape.hidden();
    int rows = batch.rows();
    boolean first = l == 0;
    probe(batch, l);
    rows(rows, r -> {
      if (!first) Rows.add(buffers.h, r * hidden, buffers.sum, r * buffers.sumStride, hidden);
      Rows.norm(buffers.h, r * hidden, layer.inputNorm(), shape.eps(), hidden, buffers.x, r * hidden);
      reduce(batch, r, l, buffers.x, r * hidden, Q, K, V);
    });
    products(batch, l, layer, buffers.x, hidden, rows, Q, K, V);
    rows(rows, r -> place(weights, l, batch, r));
    attend(l, batch);
    int width = shape.heads() * shape.headDim();
    if (batch.adapted()) rows(rows, r -> reduce(batch, r, l, buffers.mixed, r * width, O));
    products(batch, l, layer, buffers.mixed, width, rows, O);
    rows(rows, r -> {
      Rows.add(buffers.h, r * hidden, buffers.sum, r * buffers.sumStride, hidden);
      Rows.norm(buffers.h, r * hidden, layer.attentionNorm(), shape.eps(), hidden, buffers.x, r * hidden);
      reduce(batch, r, l, buffers.x, r * hidden, GATE, UP);
    });
    gated(batch, l, layer, rows);
    int wide = layer.linear(GATE).stride();
    if (batch.adapted()) rows(rows, r -> reduce(batch, r, l, buffers.of(GATE), r * wide, DOWN));
    products(batch, l, layer, buffers.of(GATE), wide, rows, DOWN);
  }

  /** The sum of the last layer is added here, as that of the others is before their norm. */
  private Logits head(DecoderWeights weights, Batch batch) {
    int hidden = shape.hidden();
    int count = batch.wanted();
    rows(count, m -> {
      int r = batch.wantedRow(m);
      Rows.add(buffers.h, r * hidden, buffers.sum, r * buffers.sumStride, hidden);
      Rows.norm(buffers.h, r * hidden, weights.finalNorm(), shape.eps(), hidden, buffers.x, m * hidden);
    });
    Matrix head = weights.head();
    int stride = buffers.logitStride;
    tasks(head.panels(), count,
        (from, to) -> head.multiply(from, to, buffers.x, hidden, count, buffers.logits, stride));
    boolean idk = batch.hasIdk();
    for (int m = 0; idk && m < count; m++) {
      float[] row = batch.span(batch.wantedRow(m)).adapter().idkOutput();
      buffers.logits[m * stride + shape.vocab()] = Rows.dot(buffers.x, m * hidden, row, 0, hidden);
    }
    return new Logits(buffers.logits, stride, count, shape.vocab() + (idk ? 1 : 0));
  }

  /** Turns queries and keys by their position and writes keys and values into the cache. */
  private void place(DecoderWeights weights, int l, Batch batch, int r) {
    Layer layer = weights.layers().get(l);
    int dim = shape.headDim();
    int position = batch.position(r);
    int table = position * dim;
    float[] q = buffers.of(Q);
    float[] k = buffers.of(K);
    int qAt = r * layer.linear(Q).stride();
    int kAt = r * layer.linear(K).stride();
    for (int i = 0; i < shape.heads(); i++) {
      Rows.rotate(q, qAt + i * dim, dim, weights.cosines(), weights.signedSines(), table);
    }
    for (int i = 0; i < shape.kvHeads(); i++) {
      Rows.rotate(k, kAt + i * dim, dim, weights.cosines(), weights.signedSines(), table);
    }
    attention.store(batch.span(r).kv(), l, position, k, kAt, buffers.of(V), r * layer.linear(V).stride());
  }

  private void attend(int l, Batch batch) {
    int heads = shape.kvHeads();
    int dim = shape.headDim();
    int stride = Buffers.padded(shape.heads() * dim);
    int width = shape.heads() * dim;
    int window = shape.windows().get(l);
    each(batch.tiles() * heads, task -> {
      int r = batch.tile(task / heads);
      int count = batch.tile(task / heads + 1) - r;
      int kvHead = task % heads;
      float[] scratch = scores.get();
      for (int i = 0; i < shape.groups(); i++) {
        int head = kvHead * shape.groups() + i;
        attention.attend(batch.span(r).kv(), l, kvHead, batch.position(r) + 1, window, count,
            buffers.of(Q), r * stride + head * dim, stride, buffers.mixed, r * width + head * dim, width, scratch, room);
        record(batch, l, r, count, head, scratch);
      }
    });
  }

  private void record(Batch batch, int l, int first, int count, int head, float[] weights) {
    Optional<Probe> probe = batch.span(first).probe();
    if (probe.isEmpty()) return;
    for (int r = first; r < first + count; r++) {
      int previous = batch.position(r) - 1;
      if (previous < 0) continue;
      // With a window of one position its block need not be among those that were read.
      float weight = shape.windows().get(l) > 1 ? weights[(r - first) * room + previous] : 0;
      probe.get().attention(batch.tokenOfSpan(r), l, head, weight);
    }
  }

  private void products(Batch batch, int l, Layer layer, float[] x, int xStride, int rows, int... linears) {
    int panels = 0;
    for (int i : linears) panels += layer.linear(i).matrix().panels();
    tasks(panels, rows, (from, to) -> {
      int first = 0;
      for (int i : linears) {
        Linear linear = layer.linear(i);
        int count = linear.matrix().panels();
        int begin = Math.max(from - first, 0);
        int end = Math.min(to - first, count);
        if (begin < end) panels(batch, l, linear, i, begin, end, x, xStride, rows);
        first += count;
      }
    });
  }

  /** Gate and up in one go: the product of the two is made of outputs that are still in the cache. */
  private void gated(Batch batch, int l, Layer layer, int rows) {
    Linear gate = layer.linear(GATE);
    Linear up = layer.linear(UP);
    tasks(gate.matrix().panels(), rows, (from, to) -> {
      panels(batch, l, gate, GATE, from, to, buffers.x, shape.hidden(), rows);
      panels(batch, l, up, UP, from, to, buffers.x, shape.hidden(), rows);
      int first = from * Matrix.PANEL;
      int width = (to - from) * Matrix.PANEL;
      for (int r = 0; r < rows; r++) {
        int at = r * gate.stride() + first;
        Rows.gated(buffers.of(GATE), at, buffers.of(UP), at, width);
      }
    });
  }

  private void panels(
      Batch batch, int l, Linear linear, int i, int from, int to, float[] x, int xStride, int rows) {
    float[] y = buffers.of(i);
    linear.compute(from, to, x, xStride, rows, y);
    if (!batch.adapted()) return;
    for (int r = 0; r < rows; r++) {
      Optional<Lora> lora = batch.span(r).adapter().lora(l, i);
      if (lora.isPresent()) lora.get().expand(buffers.low(i), r * batch.rank(), from, to, y, r * linear.stride());
    }
  }

  private void reduce(Batch batch, int r, int l, float[] x, int at, int... linears) {
    if (!batch.adapted()) return;
    for (int i : linears) {
      float[] low = buffers.low(i);
      batch.span(r).adapter().lora(l, i).ifPresent(lora -> lora.reduce(x, at, low, r * batch.rank()));
    }
  }

  private void probe(Batch batch, int layer) {
    for (int r = 0; r < batch.rows(); r++) {
      Optional<Probe> probe = batch.span(r).probe();
      if (probe.isEmpty() || batch.tokenOfSpan(r) < batch.span(r).tokens().length - 1) continue;
      int hidden = shape.hidden();
      float[] state = new float[hidden];
      System.arraycopy(buffers.h, r * hidden, state, 0, hidden);
      if (layer > 0) Rows.add(state, 0, buffers.sum, r * buffers.sumStride, hidden);
      probe.get().state(layer, state, 0);
    }
  }

  private interface Panels {
    void compute(int from, int to);
  }

  private void tasks(int panels, int rows, Panels work) {
    int most = Math.max(1, panels / (team.size() * TASKS_A_THREAD));
    int size = rows <= Matrix.FEW_ROWS ? together(panels, most) : most;
    team.run((panels + size - 1) / size, task -> work.compute(task * size, Math.min(panels, (task + 1) * size)));
  }

  /** A size in threes, if that leaves each thread two tasks. */
  private int together(int panels, int size) {
    if (panels < 2 * team.size() * Matrix.TOGETHER) return size;
    return Math.max(1, size / Matrix.TOGETHER) * Matrix.TOGETHER;
  }

  /** A few rows are done sooner than another thread has noticed. */
  private void rows(int count, IntConsumer row) {
    each(count, count <= 2 ? count : Math.max(2, count / (team.size() * 4)), row);
  }

  private void each(int count, IntConsumer one) {
    each(count, Math.max(1, count / (team.size() * TASKS_A_THREAD)), one);
  }

  private void each(int count, int size, IntConsumer one) {
    if (count == 0) return;
    team.run((count + size - 1) / size, task -> {
      for (int i = task * size; i < Math.min(count, (task + 1) * size); i++) one.accept(i);
    });
  }
}
