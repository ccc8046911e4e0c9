package dev.nescio.model.sampling;

/**
 * Finds the heaviest of some tokens by partition around pivots (Hoare 1961, Find), without ordering the rest: O(n) on
 * average. Heavier tokens come first, of equal ones the lower id.
 */
final class HeaviestFirst {

  private final int[] ids;
  private final float[] logits;
  private final double[] weights;
  private int size;

  HeaviestFirst(int room) {
    this.ids = new int[room];
    this.logits = new float[room];
    this.weights = new double[room];
  }

  /** @param weight its share of the mass; does not matter when no mass is asked for */
  void add(int id, float logit, double weight) {
    ids[size] = id;
    logits[size] = logit;
    weights[size++] = weight;
  }

  /**
   * Brings the wanted tokens to the front, the last of them to the front's last place.
   *
   * @param count at least 1
   * @param mass  above 0
   * @return length of the shortest front that has {@code count} tokens or holds the mass; all when none does
   */
  int front(int count, double mass) {
    int from = 0;
    int to = size;
    double rest = mass;
    // What stands before from is wanted and not enough; with what stands before to it is.
    while (from < to) {
      int pivot = settle(from, to);
      double before = 0;
      for (int i = from; i < pivot; i++) before += weights[i];
      if (pivot >= count || before >= rest) {
        to = pivot;
      } else {
        rest -= before + weights[pivot];
        from = pivot + 1;
        if (from >= count || rest <= 0) return from;
      }
    }
    return to;
  }

  int id(int place) {
    return ids[place];
  }

  float logit(int place) {
    return logits[place];
  }

  /** Parts a range around the median of three of it; returns the place of that one. */
  private int settle(int from, int to) {
    int last = to - 1;
    int middle = (from + last) >>> 1;
    if (precedes(middle, from)) swap(middle, from);
    if (precedes(last, from)) swap(last, from);
    if (precedes(middle, last)) swap(middle, last);
    int place = from;
    for (int i = from; i < last; i++) if (precedes(i, last)) swap(i, place++);
    swap(place, last);
    return place;
  }

  private boolean precedes(int i, int j) {
    return logits[i] > logits[j] || (logits[i] == logits[j] && ids[i] < ids[j]);
  }

  private void swap(int i, int j) {
    int id = ids[i];
    ids[i] = ids[j];
    ids[j] = id;
    float logit = logits[i];
    logits[i] = logits[j];
    logits[j] = logit;
    double weight = weights[i];
    weights[i] = weights[j];
    weights[j] = weight;
  }
}
