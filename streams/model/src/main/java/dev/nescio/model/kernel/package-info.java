/**
 * A decoder's arithmetic on the CPU with the Vector API: products with few rows, which is what decoding consists of, at
 * the speed of the memory, and many rows at that of the arithmetic units.
 *
 * <p>Every figure of a row is computed by the same operations in the same order whatever else is in the batch, however
 * many threads there are and whether a prefix came from the cache: the same sequence gets the same bits.
 */
package dev.nescio.model.kernel;
