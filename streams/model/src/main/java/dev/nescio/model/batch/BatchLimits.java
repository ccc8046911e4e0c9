package dev.nescio.model.batch;

/**
 * Bounds of a continuous batch.
 *
 * @param rows   samples at work
 * @param tokens of one run, those of samples and prompts together
 * @param wanted distributions of one run
 */
public record BatchLimits(int rows, int tokens, int wanted) {}
