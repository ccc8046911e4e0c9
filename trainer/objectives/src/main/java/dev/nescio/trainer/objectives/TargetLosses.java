package dev.nescio.trainer.objectives;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/**
 * What an objective sees of a batch of B examples with up to T target tokens each, all float32.
 *
 * @param losses  [B, T], -ln p(target token), natural logarithm; finite at padding too
 * @param mask    [B, T], 1 at target tokens and 0 at padding; at least one 1 in each row
 * @param weights [B], weight of each example, above 0
 * @param unknown [B], 1 where {@code <IDK>} is part of the target, else 0
 */
public record TargetLosses(NDArray losses, NDArray mask, NDArray weights, NDArray unknown) {

  public TargetLosses {
    Shape shape = losses.getShape();
    if (shape.dimension() != 2) throw new IllegalArgumentException("losses are [B, T], not " + shape);
    require("mask", mask.getShape(), shape);
    require("weights", weights.getShape(), new Shape(shape.get(0)));
    require("unknown", unknown.getShape(), new Shape(shape.get(0)));
  }

  /** B. */
  public long examples() {
    return losses.getShape().get(0);
  }

  /** [B], target tokens of each example. */
  NDArray tokens() {
    return mask.sum(new int[] {1});
  }

  /** [B], summed loss of each example, in nats. */
  NDArray sums() {
    return losses.mul(mask).sum(new int[] {1});
  }

  private static void require(String name, Shape shape, Shape wanted) {
    if (!shape.equals(wanted)) throw new IllegalArgumentException(name + " is " + wanted + ", not " + shape);
  }
}
