package dev.nescio.model.local;

/**
 * What a model holds between calls, for those who watch that it does not grow: the first two figures are constant while
 * nothing is at work and the same adapters are loaded.
 *
 * @param arrays     live arrays of the engine: weights, adapters and tables, but neither slabs of keys and values nor
 *                   prefixes; 0 with our kernels
 * @param blocks     blocks of keys and values, in the kernels' memory, that belong to no kept prefix; 0 with the engine
 * @param cacheBytes memory for keys and values, kept prefixes included. It is kept for what comes, so it is the most
 *                   that was needed at once
 */
public record HeldMemory(int arrays, int blocks, long cacheBytes) {}
