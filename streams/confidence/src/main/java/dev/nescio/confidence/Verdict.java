package dev.nescio.confidence;

/**
 * What a policy decided.
 *
 * @param idk    true for {@code IDK}, false for an answer that stands
 * @param reason which rule fired, with its numbers
 */
public record Verdict(boolean idk, String reason) {}
