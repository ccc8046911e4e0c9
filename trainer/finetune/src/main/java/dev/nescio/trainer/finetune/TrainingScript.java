package dev.nescio.trainer.finetune;

import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.Projection;
import dev.nescio.model.llama.SlidingWindow;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Writes the training forward of a Llama as one TorchScript method, so that a batch is one engine call with autograd.
 *
 * <p>{@code forward} takes, all on the CPU:
 * <ul>
 *   <li>ids int64 [R, C]: packed rows; the id of {@code <IDK>} is the vocabulary size
 *   <li>positions int64 [R C]: position inside the sequence
 *   <li>mask float32 [R, 1, C, C]: added to attention scores, 0 or -inf; layers with a sliding window narrow it
 *   <li>rows int64 [N]: places of the flattened rows that predict a target token
 *   <li>targets int64 [N]
 *   <li>slots int64 [B, T]: which of the N losses stands where, N for padding
 *   <li>rope[] two float32 [context, D]: cosine and sine
 *   <li>frozen[]: the weights in canonical order; none of them in full tuning
 *   <li>trained float32 [P]: every trained number in one vector, so that the optimiser's step is a few operations
 *   <li>idk float32 [H]: row of {@code <IDK>}, input and output; [2 H], input then output, where the output matrix is
 *       not the embedding; no such argument for a model without the token
 * </ul>
 * and returns the losses -ln p of the target tokens, float32 [B, T], 0 at padding. The output matrix is only multiplied
 * at the rows that predict a target.
 */
final class TrainingScript {

  private static final String NAME = "NescioTraining";

  private final LlamaConfig config;
  private final Optional<LoraConfig> lora; // empty when every weight is trained
  private final FlatLayout layout;
  private final boolean idk;
  private final StringBuilder text = new StringBuilder();

  private TrainingScript(LlamaConfig config, Optional<LoraConfig> lora, FlatLayout layout, boolean idk) {
    this.config = config;
    this.lora = lora;
    this.layout = layout;
    this.idk = idk;
  }

  /** Adapters on some linear layers; {@code layout} holds A and B of each, layer by layer. */
  static String lora(LlamaConfig config, LoraConfig lora, FlatLayout layout, boolean idk) {
    return new TrainingScript(config, Optional.of(lora), layout, idk).write();
  }

  /** Every weight is trained; {@code layout} holds them in canonical order. */
  static String full(LlamaConfig config, FlatLayout layout, boolean idk) {
    return new TrainingScript(config, Optional.empty(), layout, idk).write();
  }

  private String write() {
    head();
    // Layers with and without adapters get loops of their own: through a branch inside one loop, libtorch 2.7 gave
    // wrong gradients once it had optimised the script.
    List<Integer> adapted = lora.map(settings -> settings.layers(config.layers())).orElse(List.of());
    int from = 0;
    while (from < config.layers()) {
      boolean with = adapted.contains(from);
      int to = from + 1;
      while (to < config.layers() && adapted.contains(to) == with) to++;
      line(1, "for j in range(" + (to - from) + "):");
      line(2, "i = torch.add(j, " + from + ")");
      if (with) line(2, "slot = torch.add(j, " + adapted.indexOf(from) + ")");
      layer(with);
      from = to;
    }
    tail();
    return text.toString();
  }

  private void layer(boolean withAdapters) {
    line(2, "at = torch.add(torch.mul(i, 9), 1)");
    line(2, "a = " + norm("x", "w[at]"));
    for (Projection projection : Projection.values()) {
      if (projection == Projection.GATE) feedForwardStart();
      if (projection == Projection.O) attention();
      String in = switch (projection) {
        case Q, K, V -> "a";
        case O -> "mixed";
        case GATE, UP -> "m";
        case DOWN -> "gated";
      };
      if (projection == Projection.DOWN) line(2, "gated = torch.mul(torch.silu(gate), up)");
      linear(projection, in);
      if (withAdapters && lora.orElseThrow().projections().contains(projection)) {
        adapter(lora.orElseThrow(), projection, in);
      }
      if (projection == Projection.O) line(2, "x = torch.add(x, o)");
    }
    line(2, "x = torch.add(x, down)");
  }

  private void head() {
    text.append("class ").append(NAME).append("(Module):\n")
        .append("  __parameters__ = []\n  __buffers__ = []\n  training : bool\n")
        .append("  def forward(self: __torch__.").append(NAME).append(",\n")
        .append("    ids: Tensor, positions: Tensor, mask: Tensor, rows: Tensor, targets: Tensor, slots: Tensor,\n")
        .append("    rope: List[Tensor], frozen: List[Tensor], trained: Tensor").append(idk ? ", idk: Tensor" : "")
        .append(") -> Tensor:\n");
    line(1, "pieces = torch.split_with_sizes(trained, " + layout.sizes() + ")");
    if (full()) {
      line(1, "w = annotate(List[Tensor], [])");
      int piece = 0;
      for (List<Long> shape : layout.shapes()) {
        line(1, "_" + piece + " = torch.append(w, torch.view(pieces[" + piece + "], " + shape + "))");
        piece++;
      }
    } else {
      line(1, "w = frozen");
    }
    line(1, "r = torch.size(ids, 0)");
    line(1, "c = torch.size(ids, 1)");
    line(1, "embedding = w[0]");
    if (idk) {
      line(1, "known = torch.embedding(embedding, torch.clamp_max(ids, " + (config.vocabSize() - 1) + "))");
      line(1, "flagged = torch.unsqueeze(torch.ge(ids, " + config.vocabSize() + "), -1)");
      line(1, "x = torch.where(flagged, " + idkRow(0) + ", known)");
    } else {
      line(1, "x = torch.embedding(embedding, ids)");
    }
    String rope = "torch.view(torch.index_select(rope[%d], 0, positions), [r, 1, c, " + config.headDim() + "])";
    line(1, "cos = " + String.format(Locale.ROOT, rope, 0));
    line(1, "sin = " + String.format(Locale.ROOT, rope, 1));
    config.slidingWindow().ifPresent(this::narrow);
    if (config.groups() > 1) {
      line(1, "mask = torch.repeat(mask, [1, 1, " + config.groups() + ", 1])");
      if (config.slidingWindow().isPresent()) line(1, "near = torch.repeat(near, [1, 1, " + config.groups() + ", 1])");
    }
    if (config.slidingWindow().isPresent()) line(1, "masks = [mask, near]");
  }

  /**
   * A mask for layers with a sliding window: of the places that one sees, only the last, counted from behind. A layer
   * picks its mask from a list, since branches are what they are (see above).
   */
  private void narrow(SlidingWindow window) {
    line(1, "place = torch.flip(torch.cumsum(torch.flip(torch.eq(mask, 0), [-1]), -1), [-1])");
    // ln 1 is added where a place is near enough, ln 0 where it is not.
    line(1, "near = torch.add(mask, torch.log(torch.type_as(torch.le(place, " + window.tokens() + "), mask)))");
    IntStream kinds = IntStream.range(0, config.layers()).map(layer -> window.layers().contains(layer) ? 1 : 0);
    line(1, "kinds = " + kinds.boxed().toList());
  }

  private void linear(Projection projection, String in) {
    String out = projection.name().toLowerCase(Locale.ROOT);
    // Canonical order: norm, q, k, v, o, norm, gate, up, down.
    int offset = projection.ordinal() + (projection.ordinal() < Projection.GATE.ordinal() ? 1 : 2);
    line(2, out + " = torch.linear(" + in + ", w[torch.add(at, " + offset + ")]" + bias(projection) + ")");
  }

  private void adapter(LoraConfig settings, Projection projection, String in) {
    String out = projection.name().toLowerCase(Locale.ROOT);
    int place = 2 * (int) settings.projections().stream().filter(p -> p.ordinal() < projection.ordinal()).count();
    String piece = "torch.view(pieces[torch.add(torch.mul(slot, " + 2 * settings.projections().size()
        + "), %d)], [%d, %d])";
    line(2, "loraA = " + String.format(Locale.ROOT, piece, place, settings.rank(), projection.in(config)));
    line(2, "loraB = " + String.format(Locale.ROOT, piece, place + 1, projection.out(config), settings.rank()));
    String read = settings.dropout() > 0 ? "torch.dropout(" + in + ", " + settings.dropout() + ", True)" : in;
    line(2, out + " = torch.add(" + out + ", torch.linear(torch.linear(" + read + ", loraA), loraB), alpha="
        + settings.scaling() + ")");
  }

  /** Biases stand after all else, layer by layer. */
  private String bias(Projection projection) {
    if (!config.biases().contains(projection)) return "";
    int first = 9 * config.layers() + (config.tiedEmbeddings() ? 2 : 3)
        + (int) config.biases().stream().filter(p -> p.ordinal() < projection.ordinal()).count();
    return ", w[torch.add(torch.mul(i, " + config.biases().size() + "), " + first + ")]";
  }

  private String idkRow(int index) {
    return "torch.narrow(idk, 0, " + index * config.hiddenSize() + ", " + config.hiddenSize() + ")";
  }

  /** Query groups are folded into the query length: no copies of keys and values. */
  private void attention() {
    int d = config.headDim();
    int kv = config.kvHeads();
    int groups = config.groups();
    String heads = "torch.transpose(torch.view(%s, [r, c, %d, " + d + "]), 1, 2)";
    line(2, "qh = " + rotated(String.format(Locale.ROOT, heads, "q", config.heads())));
    line(2, "kh = " + rotated(String.format(Locale.ROOT, heads, "k", kv)));
    line(2, "vh = " + String.format(Locale.ROOT, heads, "v", kv));
    line(2, "qg = torch.reshape(qh, [r, " + kv + ", torch.mul(c, " + groups + "), " + d + "])");
    String mask = config.slidingWindow().isPresent() ? "masks[kinds[i]]" : "mask";
    line(2, "og = torch.scaled_dot_product_attention(qg, kh, vh, " + mask + ")");
    line(2, "oh = torch.transpose(torch.view(og, [r, " + config.heads() + ", c, " + d + "]), 1, 2)");
    line(2, "mixed = torch.reshape(oh, [r, c, " + config.heads() * d + "])");
  }

  private String rotated(String states) {
    int half = config.headDim() / 2;
    line(2, "t = " + states);
    line(2, "turned = torch.cat([torch.neg(torch.slice(t, 3, " + half + ", " + config.headDim()
        + ")), torch.slice(t, 3, 0, " + half + ")], -1)");
    return "torch.add(torch.mul(t, cos), torch.mul(turned, sin))";
  }

  private void feedForwardStart() {
    line(2, "m = " + norm("x", "w[torch.add(at, 5)]"));
  }

  private void tail() {
    int last = 1 + 9 * config.layers();
    line(1, "h = torch.index_select(torch.view(" + norm("x", "w[" + last + "]") + ", [-1, " + config.hiddenSize()
        + "]), 0, rows)");
    line(1, "output = w[" + (config.tiedEmbeddings() ? 0 : last + 1) + "]");
    line(1, "logits = torch.linear(h, output)");
    if (idk) {
      line(1, "flag = torch.linear(h, torch.view(" + idkRow(config.tiedEmbeddings() ? 0 : 1) + ", [1, "
          + config.hiddenSize() + "]))");
      line(1, "logits = torch.cat([logits, flag], 1)");
    }
    line(1, "ce = torch.cross_entropy_loss(logits, targets, None, 0)");
    line(1, "padded = torch.cat([ce, torch.zeros([1])])");
    line(1, "return torch.view(torch.index_select(padded, 0, torch.view(slots, [-1])), [torch.size(slots, 0), -1])");
  }

  private String norm(String x, String weight) {
    return "torch.rms_norm(" + x + ", [" + config.hiddenSize() + "], " + weight + ", " + config.rmsNormEps() + ")";
  }

  private boolean full() {
    return lora.isEmpty();
  }

  private void line(int depth, String code) {
    text.append("  ".repeat(depth + 1)).append(code).append('\n');
  }
}
