package dev.nescio.inference;

import dev.nescio.schemas.Question;

/**
 * A valid question that waits for its answer.
 *
 * @param lane       the partition it came from
 * @param offset     its offset there
 * @param questionId its key
 * @param question   what was asked
 * @param readNanos  when it was read, on the clock of latencies
 */
record Work(Lane lane, long offset, String questionId, Question question, long readNanos) {}
