/**
 * The judge app: grades answers with a language model by KWT's protocol and writes labels of source {@code JUDGE}.
 *
 * <p>One thread polls, one asks the model, so a slow judgement never costs the group membership. A transaction is opened
 * after the judgements are there and holds the labels and offsets of a contiguous, finished beginning of each partition.
 */
package dev.nescio.judge;
