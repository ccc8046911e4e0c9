package dev.nescio.dashboard;

import java.util.List;
import java.util.Map;

/**
 * One night of the trainer.
 *
 * @param state       state of its last step
 * @param stepNumber  step it is at, from 1
 * @param steps       number of steps
 * @param stepsSeen   steps that reported, in order
 */
public record TrainingView(
    String requestId,
    String state,
    int stepNumber,
    int steps,
    Long startedAtMicros,
    Long updatedAtMicros,
    List<StepView> stepsSeen) {

  /**
   * One step.
   *
   * @param done             units finished
   * @param total            units in all; 0 when unknown
   * @param remainingSeconds estimate for this step; absent when unknown
   * @param message          one line for people
   * @param figures          figures of the step by name
   */
  public record StepView(
      String step,
      int number,
      String state,
      long done,
      long total,
      String unit,
      Double remainingSeconds,
      String message,
      Map<String, Double> figures,
      Long startedAtMicros,
      Long updatedAtMicros) {}
}
