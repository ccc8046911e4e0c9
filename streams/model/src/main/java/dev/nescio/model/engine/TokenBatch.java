package dev.nescio.model.engine;

import ai.djl.ndarray.NDArray;
import dev.nescio.model.kernel.Probe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * New tokens of several sequences as {@link LlamaForward} takes them: one after the other, without padding. Rows that
 * stand together in a slab and have as many new tokens each form a segment, whose attention is one operation.
 */
final class TokenBatch {

  /** Lengths that attention looks at are multiples of this, so that shapes come back. */
  private static final int BUCKET = 16;

  /**
   * New tokens of one sequence.
   *
   * @param variant what computes them
   * @param cache   slab in which the sequence stands
   * @param row     of the slab
   * @param from    tokens computed before
   * @param tokens  at least one, no more than the row has slots left
   * @param wanted  of how many of the last tokens the distributions are wanted
   * @param probe   records what goes on inside, if asked for
   */
  record Part(Variant variant, NDArray cache, int row, int from, int[] tokens, int wanted, Optional<Probe> probe) {

    /** Without a probe. */
    Part(Variant variant, NDArray cache, int row, int from, int[] tokens, int wanted) {
      this(variant, cache, row, from, tokens, wanted, Optional.empty());
    }

    private int end() {
      return from + tokens.length;
    }
  }

  /** Some rows of a slab that follow one another: parts {@code first} to {@code end} of those in order. */
  private record Segment(int cache, int first, int end) {}

  private final List<Part> parts; // in the order of slabs and rows
  private final int[] firsts; // the first token of each of them
  private final int size;
  private final List<NDArray> caches = new ArrayList<>();
  private final List<Variant> variants = new ArrayList<>();
  private final List<Segment> segments = new ArrayList<>();
  private final long[] take;
  private final long[] wantedWhich;

  /** @param given in the order in which their distributions are wanted */
  TokenBatch(List<Part> given) {
    for (Part part : given) {
      indexOf(part.cache, caches);
      indexOf(part.variant, variants);
    }
    List<Integer> order = IntStream.range(0, given.size()).boxed()
        .sorted(Comparator.<Integer>comparingInt(i -> indexOf(given.get(i).cache, caches))
            .thenComparingInt(i -> given.get(i).row)).toList();
    parts = order.stream().map(given::get).toList();
    firsts = new int[parts.size()];
    int tokens = 0;
    for (int i = 0; i < firsts.length; i++) {
      firsts[i] = tokens;
      tokens += parts.get(i).tokens.length;
    }
    size = tokens;
    int[] places = new int[firsts.length];
    for (int i = 0; i < places.length; i++) places[order.get(i)] = i;
    take = IntStream.of(places).flatMap(this::wanted).asLongStream().toArray();
    wantedWhich = given.stream().flatMapToInt(
        part -> IntStream.range(0, part.wanted).map(w -> indexOf(part.variant, variants))).asLongStream().toArray();
    for (int first = 0; first < parts.size(); ) {
      int end = first + 1;
      while (end < parts.size() && follows(parts.get(end - 1), parts.get(end))) end++;
      segments.add(new Segment(indexOf(parts.get(first).cache, caches), first, end));
      first = end;
    }
  }

  /** Slabs that are written to. */
  List<NDArray> caches() {
    return caches;
  }

  /** What computes, each once. */
  List<Variant> variants() {
    return variants;
  }

  /** [R]. */
  long[] ids() {
    return parts.stream().flatMapToInt(part -> IntStream.of(part.tokens)).asLongStream().toArray();
  }

  /** [R], which are slots as well. */
  long[] positions() {
    return parts.stream().flatMapToInt(part -> IntStream.range(part.from, part.end())).asLongStream().toArray();
  }

  /** [R], the number of the variant of each token. */
  long[] which() {
    long[] which = new long[size];
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      Arrays.fill(which, firsts[i], firsts[i] + part.tokens.length, indexOf(part.variant, variants));
    }
    return which;
  }

  /** [M], the tokens whose distributions are wanted. */
  long[] take() {
    return take;
  }

  /** [M], the number of the variant of each of them. */
  long[] wantedWhich() {
    return wantedWhich;
  }

  /**
   * Slab, first row, rows, tokens a row and slots to look at, of each segment.
   *
   * @param most slots that there can be
   */
  long[] segments(int most) {
    return segments.stream().flatMapToLong(segment -> {
      List<Part> rows = parts.subList(segment.first, segment.end);
      int end = rows.stream().mapToInt(Part::end).max().orElseThrow();
      long slots = Math.min(most, rows.getFirst().cache.getShape().get(4));
      return IntStream.of(segment.cache, rows.getFirst().row, rows.size(), rows.getFirst().tokens.length,
          (int) Math.min(slots, (end + BUCKET - 1) / BUCKET * BUCKET)).asLongStream();
    }).toArray();
  }

  /**
   * Where keys and values go in a slab seen as [2 rows kvHeads S, D]: of each segment the places of its keys, token by
   * token and head by head, then those of its values.
   */
  long[] places(int kvHeads) {
    long[] places = new long[2 * kvHeads * size];
    int at = 0;
    for (Segment segment : segments) {
      long rows = caches.get(segment.cache).getShape().get(2);
      long slots = caches.get(segment.cache).getShape().get(4);
      for (int side = 0; side < 2; side++) {
        for (Part part : parts.subList(segment.first, segment.end)) {
          for (int slot = part.from; slot < part.end(); slot++) {
            for (int head = 0; head < kvHeads; head++) {
              places[at++] = ((side * rows + part.row) * kvHeads + head) * slots + slot;
            }
          }
        }
      }
    }
    return places;
  }

  /** [P], the last token of each part with a probe. */
  long[] probed() {
    return IntStream.range(0, parts.size()).filter(i -> parts.get(i).probe.isPresent())
        .mapToLong(i -> firsts[i] + parts.get(i).tokens.length - 1).toArray();
  }

  /**
   * Lets the probes record.
   *
   * @param hidden    [layers + 1, P, H], of the probed tokens
   * @param attention [layers, R, heads], weights of each token for the one before it
   */
  void show(float[] hidden, float[] attention) {
    List<Integer> probed = IntStream.range(0, parts.size()).filter(i -> parts.get(i).probe.isPresent()).boxed().toList();
    for (int p = 0; p < probed.size(); p++) {
      Part part = parts.get(probed.get(p));
      Probe probe = part.probe.orElseThrow();
      int width = probe.hidden()[0].length;
      for (int layer = 0; layer < probe.hidden().length; layer++) {
        probe.state(layer, hidden, (layer * probed.size() + p) * width);
      }
      int layers = probe.hidden().length - 1;
      int heads = probe.attentionToPrevious()[0].length / layers;
      for (int token = 0; token < part.tokens.length; token++) {
        for (int layer = 0; layer < layers; layer++) {
          int at = (layer * size + firsts[probed.get(p)] + token) * heads;
          for (int head = 0; head < heads; head++) probe.attention(token, layer, head, attention[at + head]);
        }
      }
    }
  }

  private IntStream wanted(int part) {
    int end = firsts[part] + parts.get(part).tokens.length;
    return IntStream.range(end - parts.get(part).wanted, end);
  }

  private static boolean follows(Part before, Part part) {
    return part.cache == before.cache && part.row == before.row + 1 && part.tokens.length == before.tokens.length;
  }

  /** Place by identity: arrays that are equal are not the same slab. Adds what is not there yet. */
  private static <T> int indexOf(T thing, List<T> things) {
    for (int i = 0; i < things.size(); i++) if (things.get(i) == thing) return i;
    things.add(thing);
    return things.size() - 1;
  }
}
