package dev.nescio.loadtests;

import dev.nescio.loadtests.Workload.Phase;
import java.util.List;

/**
 * When each question is due. Pure: it knows nothing of a clock, and no answer, however late, moves a later question.
 *
 * @param phases one after the other; within one, question i is due {@code i / perSecond} after its start
 */
record Schedule(List<Phase> phases) {

  private static final double NANOS = 1e9;

  Schedule {
    phases = List.copyOf(phases);
  }

  static Schedule of(List<Phase> phases) {
    return new Schedule(phases);
  }

  /** Questions in all. */
  int size() {
    return Math.toIntExact(phases.stream().mapToLong(Schedule::count).sum());
  }

  /** Length in nanoseconds, with pauses. */
  long nanos() {
    return Math.round(phases.stream().mapToDouble(Phase::seconds).sum() * NANOS);
  }

  /**
   * Nanoseconds from the start to a question.
   *
   * @param index from 0 to size - 1
   * @throws IndexOutOfBoundsException outside of that
   */
  long due(int index) {
    long before = 0;
    double start = 0;
    for (Phase phase : phases) {
      long count = count(phase);
      if (index >= before && index < before + count) {
        return Math.round((start + (index - before) / phase.perSecond()) * NANOS);
      }
      before += count;
      start += phase.seconds();
    }
    throw new IndexOutOfBoundsException("question " + index + " of " + before);
  }

  private static long count(Phase phase) {
    return Math.round(phase.perSecond() * phase.seconds());
  }
}
