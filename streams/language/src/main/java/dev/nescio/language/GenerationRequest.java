package dev.nescio.language;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One prompt to continue, or one conversation to answer.
 *
 * @param prompt       the whole prompt as plain text; user text in it never becomes a special token. Empty when there is a
 *                     conversation
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
 * @param chat         a conversation to answer in place of the prompt; the model applies its own chat template and asks for
 *                     the assistant's next message. Empty for a plain prompt
 * @param ignoreEnd    true to go on past end tokens and {@code <IDK>} up to {@code maxTokens}, for benchmarks
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
    boolean internals,
    List<ChatMessage> chat,
    boolean ignoreEnd) {

  /** A plain prompt. */
  public GenerationRequest(String prompt, String sharedPrefix, int samples, Sampling sampling, int maxTokens,
      List<String> stop, long seed, Optional<String> adapter, int alternatives, boolean internals) {
    this(prompt, sharedPrefix, samples, sampling, maxTokens, stop, seed, adapter, alternatives, internals, List.of(),
        false);
  }

  /** A plain prompt, without internals. */
  public GenerationRequest(String prompt, String sharedPrefix, int samples, Sampling sampling, int maxTokens,
      List<String> stop, long seed, Optional<String> adapter, int alternatives) {
    this(prompt, sharedPrefix, samples, sampling, maxTokens, stop, seed, adapter, alternatives, false, List.of(),
        false);
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
    chat = List.copyOf(chat);
    if (!chat.isEmpty() && !prompt.isEmpty()) {
      throw new IllegalArgumentException("a request has a prompt or a conversation, not both");
    }
  }

  /** One greedy answer that ends at the first newline. */
  public static GenerationRequest greedy(String prompt, int maxTokens) {
    return new GenerationRequest(
        prompt, "", 1, Sampling.GREEDY, maxTokens, List.of("\n"), 0, Optional.empty(), 0);
  }

  /** The same request with a conversation in place of its prompt. */
  public GenerationRequest withChat(List<ChatMessage> messages) {
    return new GenerationRequest(
        "", "", samples, sampling, maxTokens, stop, seed, adapter, alternatives, internals, messages,
        ignoreEnd);
  }

  /** The same with another {@code adapter}. */
  public GenerationRequest withAdapter(Optional<String> id) {
    return new GenerationRequest(
        prompt, sharedPrefix, samples, sampling, maxTokens, stop, seed, id, alternatives, internals, chat,
        ignoreEnd);
  }

  /** The same with another {@code sharedPrefix}. */
  public GenerationRequest withSharedPrefix(String prefix) {
    return new GenerationRequest(
        prompt, prefix, samples, sampling, maxTokens, stop, seed, adapter, alternatives, internals, chat,
        ignoreEnd);
  }

  /** The same with another number of samples, drawn another way from other random streams. */
  public GenerationRequest withSamples(int count, Sampling how, long newSeed) {
    return new GenerationRequest(
        prompt, sharedPrefix, count, how, maxTokens, stop, newSeed, adapter, alternatives, internals, chat,
        ignoreEnd);
  }

  /** The same with another {@code stop}. */
  public GenerationRequest withStop(List<String> strings) {
    return new GenerationRequest(
        prompt, sharedPrefix, samples, sampling, maxTokens, strings, seed, adapter, alternatives, internals, chat,
        ignoreEnd);
  }

  /** The same with another {@code alternatives}. */
  public GenerationRequest withAlternatives(int count) {
    return new GenerationRequest(
        prompt, sharedPrefix, samples, sampling, maxTokens, stop, seed, adapter, count, internals, chat,
        ignoreEnd);
  }

  /** The same with another {@code internals}. */
  public GenerationRequest withInternals(boolean wanted) {
    return new GenerationRequest(
        prompt, sharedPrefix, samples, sampling, maxTokens, stop, seed, adapter, alternatives, wanted, chat,
        ignoreEnd);
  }

  /** The same with another {@code ignoreEnd}. */
  public GenerationRequest withIgnoreEnd(boolean ignored) {
    return new GenerationRequest(
        prompt, sharedPrefix, samples, sampling, maxTokens, stop, seed, adapter, alternatives, internals, chat, ignored);
  }
}
