package dev.nescio.language;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One prompt to continue.
 *
 * @param prompt       the whole prompt as plain text; user text in it never becomes a special token
 * @param sharedPrefix a beginning of {@code prompt} that other requests share too, worth keeping in the prefix cache;
 *                     empty for none. A hint: it never changes the result
 * @param samples      sequences wanted, at least 1; the prompt is computed once for all of them
 * @param sampling     how tokens are drawn
 * @param maxTokens    upper bound of generated tokens, at least 1
 * @param stop         strings that end the text and are cut off it, with the tokens from there on
 * @param seed         sequence {@code i} draws from a stream that depends only on this seed and {@code i}
 * @param adapter      id of a loaded adapter; empty for the base
 * @param alternatives most likely tokens to report a position, 0 to 20
 * @param internals    true to report hidden states and attention weights too
 */
public record GenerationRequest(
    String prompt,
    String sharedPrefix,
    int samples,
    Sampling sampling,
    int maxTokens,
    List<String> stop,
    long seed,
    Optional<String> adapter,
    int alternatives,
    boolean internals) {

  /** Without internals. */
  public GenerationRequest(String prompt, String sharedPrefix, int samples, Sampling sampling, int maxTokens,
      List<String> stop, long seed, Optional<String> adapter, int alternatives) {
    this(prompt, sharedPrefix, samples, sampling, maxTokens, stop, seed, adapter, alternatives, false);
  }

  public GenerationRequest {
    Objects.requireNonNull(prompt, "prompt");
    if (!prompt.startsWith(sharedPrefix)) {
      throw new IllegalArgumentException("sharedPrefix is not a beginning of the prompt");
    }
    if (samples < 1) throw new IllegalArgumentException("samples must be at least 1, is " + samples);
    if (maxTokens < 1) throw new IllegalArgumentException("maxTokens must be at least 1, is " + maxTokens);
    if (alternatives < 0 || alternatives > 20) {
      throw new IllegalArgumentException("alternatives must be between 0 and 20, is " + alternatives);
    }
    Objects.requireNonNull(sampling, "sampling");
    Objects.requireNonNull(adapter, "adapter");
    stop = List.copyOf(stop);
  }

  /** One greedy answer that ends at the first newline. */
  public static GenerationRequest greedy(String prompt, int maxTokens) {
    return new GenerationRequest(
        prompt, "", 1, Sampling.GREEDY, maxTokens, List.of("\n"), 0, Optional.empty(), 0);
  }

  public GenerationRequest withAdapter(Optional<String> id) {
    return new GenerationRequest(
        prompt, sharedPrefix, samples, sampling, maxTokens, stop, seed, id, alternatives, internals);
  }

  public GenerationRequest withSharedPrefix(String prefix) {
    return new GenerationRequest(
        prompt, prefix, samples, sampling, maxTokens, stop, seed, adapter, alternatives, internals);
  }

  public GenerationRequest withSamples(int count, Sampling how, long newSeed) {
    return new GenerationRequest(
        prompt, sharedPrefix, count, how, maxTokens, stop, newSeed, adapter, alternatives, internals);
  }

  public GenerationRequest withStop(List<String> strings) {
    return new GenerationRequest(
        prompt, sharedPrefix, samples, sampling, maxTokens, strings, seed, adapter, alternatives, internals);
  }

  public GenerationRequest withAlternatives(int count) {
    return new GenerationRequest(
        prompt, sharedPrefix, samples, sampling, maxTokens, stop, seed, adapter, count, internals);
  }

  public GenerationRequest withInternals(boolean wanted) {
    return new GenerationRequest(
        prompt, sharedPrefix, samples, sampling, maxTokens, stop, seed, adapter, alternatives, wanted);
  }
}
