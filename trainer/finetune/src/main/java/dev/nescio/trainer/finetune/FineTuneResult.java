package dev.nescio.trainer.finetune;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What a run left behind.
 *
 * @param directory       adapter in PEFT layout, or a whole model in Hugging Face layout; the tokenizer beside it
 * @param digest          of an adapter its id in the model, of a whole model the SHA-256 of the weights file; lower-case
 *                        hex
 * @param steps           optimiser steps
 * @param tokens          tokens read, without padding
 * @param took            time of the steps, over all resumed parts
 * @param firstEpochLoss  mean loss of the batches of the first epoch, weighted, in nats
 * @param lastEpochLoss   likewise of the last epoch
 * @param resumedAt       step of the checkpoint that this part of the run began with, 0 for none
 */
public record FineTuneResult(
    Path directory, String digest, int steps, long tokens, Duration took, double firstEpochLoss, double lastEpochLoss,
    int resumedAt) {

  /** Tokens read a second, without padding. */
  public double tokensPerSecond() {
    return tokens / Math.max(1e-9, took.toNanos() / 1e9);
  }
}
