package dev.nescio.metrics;

/**
 * What two models made of the same question.
 *
 * @param championCorrect  the champion's candidate is correct
 * @param championIdk      the champion says {@code IDK}
 * @param candidateCorrect the candidate's candidate is correct
 * @param candidateIdk     the candidate says {@code IDK}
 */
public record PairedOutcome(
    boolean championCorrect, boolean championIdk, boolean candidateCorrect, boolean candidateIdk) {}
