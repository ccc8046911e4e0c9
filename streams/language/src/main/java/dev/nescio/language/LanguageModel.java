package dev.nescio.language;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A language model that says what it emitted and how likely that was.
 *
 * <p>Everything above this interface asks for answers, samples and log-probabilities and never sees tensors or
 * servers. Log-probabilities are the model's own: temperature 1, no truncation, natural logarithm, whatever the sampling.
 *
 * <p>Thread-safe; calls may be serialised by the implementation.
 */
public interface LanguageModel extends AutoCloseable {

  /** What this model is. */
  ModelIdentity identity();

  /** Evidence that this model can give; asking for more is refused with {@link UnsupportedEvidenceException}. */
  Set<EvidenceKind> evidence();

  /**
   * Digest of base and adapter together, as it stands on answers.
   *
   * @param adapter id of a loaded adapter, or empty for the base
   * @throws UnknownAdapterException if no adapter of that id is loaded
   */
  String digest(Optional<String> adapter);

  /**
   * Generates for all requests as one batch, as far as memory allows.
   *
   * @param requests at least one
   * @return one generation a request, in the same order
   * @throws PromptTooLongException if a prompt and its {@code maxTokens} exceed the context
   */
  List<Generation> generate(List<GenerationRequest> requests);

  /**
   * The same, telling of each token when it is certain. A model that cannot do so tells of all at the end.
   *
   * @param listener must not block
   * @throws java.util.concurrent.CancellationException if the listener says that nobody waits any more
   */
  default List<Generation> generate(List<GenerationRequest> requests, TokenListener listener) {
    List<Generation> generations = generate(requests);
    for (int request = 0; request < generations.size(); request++) {
      List<Generation.Sequence> sequences = generations.get(request).sequences();
      for (int sample = 0; sample < sequences.size(); sample++) {
        for (Generation.Token token : sequences.get(sample).tokens()) listener.token(request, sample, token);
      }
    }
    return generations;
  }

  /**
   * True if calls of several threads run together, as continuous batching or a server of its own does: then each question
   * is best asked in a call of its own, which ends as soon as its answer does. False if a call waits for the one before:
   * then many questions are best asked in one.
   */
  default boolean joinsCalls() {
    return false;
  }

  /**
   * Scores given continuations (teacher forcing) with the same numbers that {@link #generate} reports.
   *
   * @return one score a pair, in the same order; the tokens are those of the continuation
   */
  List<Generation.Sequence> score(List<ContinuationRequest> requests);

  /** Number of tokens of a text, for budgets and for refusing early. */
  int countTokens(String text);

  @Override
  void close();
}
