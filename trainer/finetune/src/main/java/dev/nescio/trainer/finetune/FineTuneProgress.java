package dev.nescio.trainer.finetune;

import java.time.Duration;

/** Hears of every step, from the training thread. What it throws ends the run; the last checkpoint resumes it. */
@FunctionalInterface
public interface FineTuneProgress {

  /** Hears nothing. */
  FineTuneProgress SILENT = (step, steps, loss, tokensPerSecond, remaining) -> { };

  /**
   * @param step            steps done, from 1
   * @param steps           steps of the whole run
   * @param loss            of this step's batch, weighted, in nats
   * @param tokensPerSecond tokens read, without padding, since the run began
   * @param remaining       at this pace
   */
  void stepped(int step, int steps, double loss, double tokensPerSecond, Duration remaining);
}
