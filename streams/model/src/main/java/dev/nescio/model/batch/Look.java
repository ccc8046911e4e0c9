package dev.nescio.model.batch;

/**
 * What is asked of the distributions of a piece beside their figures, so that a runner fetches no more than that.
 *
 * @param alternatives most likely tokens to name
 * @param whole        true if any token may be asked for, as drawing does
 * @param targets      one token a wanted position whose log-probability is asked for; empty for none. Not to be changed
 */
public record Look(int alternatives, boolean whole, int[] targets) {}
