package dev.nescio.trainer.finetune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where named tensors lie in one vector of float32.
 *
 * @param tensors name to shape, in the order of the vector
 */
record FlatLayout(Map<String, long[]> tensors) {

  FlatLayout {
    tensors = new LinkedHashMap<>(tensors);
  }

  /** Elements of all tensors. */
  long length() {
    return sizes().stream().mapToLong(Long::longValue).sum();
  }

  /** Elements of each tensor. */
  List<Long> sizes() {
    return tensors.values().stream().map(FlatLayout::elements).toList();
  }

  /** Shape of each tensor. */
  List<List<Long>> shapes() {
    List<List<Long>> shapes = new ArrayList<>();
    for (long[] shape : tensors.values()) shapes.add(Arrays.stream(shape).boxed().toList());
    return shapes;
  }

  static long elements(long[] shape) {
    long n = 1;
    for (long dimension : shape) n = Math.multiplyExact(n, dimension);
    return n;
  }
}
