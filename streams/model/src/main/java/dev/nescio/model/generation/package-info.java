/**
 * What one request is while it is computed, whoever computes it: prompt, growing sequence, the distribution it is
 * shown, and where results go. Uses {@code tokenizer} and {@code sampling}.
 */
package dev.nescio.model.generation;
