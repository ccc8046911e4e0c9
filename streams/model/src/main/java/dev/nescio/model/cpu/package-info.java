/**
 * A Llama on the CPU by the kernels: weights packed for them, adapters, and the runs of a batch over their blocks of
 * keys and values. The arithmetic is {@code kernel}'s, the schedule {@code batch}'s.
 */
package dev.nescio.model.cpu;
