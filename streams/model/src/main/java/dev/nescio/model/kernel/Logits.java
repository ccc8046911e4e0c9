package dev.nescio.model.kernel;

/**
 * Logits of some positions. The array is the decoder's: it is overwritten by its next run.
 *
 * @param values [rows x stride]
 * @param stride floats from one row to the next
 * @param rows   positions, in the order of spans and tokens
 * @param width  V, or V + 1 with {@code <IDK>} last
 */
public record Logits(float[] values, int stride, int rows, int width) {}
