package dev.nescio.language;

import java.util.Optional;

/**
 * A continuation to score.
 *
 * @param prompt       what stands before, as plain text
 * @param continuation what is scored; encoded together with the prompt, so that tokens are those of the whole text
 * @param adapter      id of a loaded adapter; empty for the base
 */
public record ContinuationRequest(String prompt, String continuation, Optional<String> adapter) {}
