/**
 * A Llama on the CPU by the kernels, one thread for all calls: what is asked at any time joins the batch that runs.
 * The arithmetic is {@code kernel}'s; here is who runs when, with which weights and which blocks of the cache.
 */
package dev.nescio.model.batch;
