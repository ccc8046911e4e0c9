/**
 * Continuous batching, whoever computes: one thread for all calls, and who runs when. What is asked at any time joins
 * the batch that runs, over a {@link dev.nescio.model.batch.Runner} that computes runs and holds keys and values.
 * Implemented by {@code cpu} and {@code engine}, which use it.
 */
package dev.nescio.model.batch;
