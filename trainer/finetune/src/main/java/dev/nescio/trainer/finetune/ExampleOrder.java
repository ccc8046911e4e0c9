package dev.nescio.trainer.finetune;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Which examples make up each step: every epoch is a shuffle of its own, by the seed alone, so that a resumed run sees
 * the batches it would have seen.
 */
final class ExampleOrder {

  private final List<List<Integer>> batches = new ArrayList<>();

  ExampleOrder(int examples, int epochs, int batch, long seed) {
    for (int epoch = 0; epoch < epochs; epoch++) {
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < examples; i++) order.add(i);
      Collections.shuffle(order, new Random(seed * 1_000_003 + epoch));
      for (int from = 0; from < examples; from += batch) {
        batches.add(List.copyOf(order.subList(from, Math.min(examples, from + batch))));
      }
    }
  }

  int steps() {
    return batches.size();
  }

  /** Indices of the examples of a step, from 0. */
  List<Integer> at(int step) {
    return batches.get(step);
  }
}
