package dev.nescio.language;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a model made of one request.
 *
 * @param sequences          one a sample, in order
 * @param promptTokens       length of the prompt in tokens
 * @param cachedPromptTokens of these, tokens that came from the prefix cache
 */
public record Generation(List<Sequence> sequences, int promptTokens, int cachedPromptTokens) {

  public Generation {
    sequences = List.copyOf(sequences);
  }

  /** The only sequence of a request with one sample. */
  public Sequence first() {
    return sequences.getFirst();
  }

  /**
   * One sequence, cut to its answer span: the tokens before the first of {@code <IDK>}, end token and stop string.
   *
   * @param text         the span as text; leading and trailing white space is kept
   * @param tokens       the span; empty beside a text when the model reports no log-probabilities
   * @param finish       why it ended
   * @param emittedIdk   true when {@code <IDK>} was emitted, directly after the span
   * @param pIdk         P({@code <IDK>}) in [0, 1] at the position after the last token of the span; empty without the token
   * @param endLogProb   log-probability of the end token at that position, in nats; empty for scored continuations
   *                     whose model does not report it
   * @param generatedTokens tokens that were computed, with those cut off
   * @param internals    hidden states and attention weights, when they were asked for
   */
  public record Sequence(
      String text,
      List<Token> tokens,
      Finish finish,
      boolean emittedIdk,
      Optional<Double> pIdk,
      Optional<Double> endLogProb,
      int generatedTokens,
      Optional<Internals> internals) {

    /** Without internals. */
    public Sequence(String text, List<Token> tokens, Finish finish, boolean emittedIdk, Optional<Double> pIdk,
        Optional<Double> endLogProb, int generatedTokens) {
      this(text, tokens, finish, emittedIdk, pIdk, endLogProb, generatedTokens, Optional.empty());
    }

    public Sequence {
      tokens = List.copyOf(tokens);
    }

    public Sequence withInternals(Optional<Internals> found) {
      return new Sequence(text, tokens, finish, emittedIdk, pIdk, endLogProb, generatedTokens, found);
    }

    /**
     * Sum of the span's token log-probabilities, in nats; 0 for an empty span.
     *
     * @throws IllegalStateException when there is a text but the model reported no tokens of it
     */
    public double sequenceLogProb() {
      if (tokens.isEmpty() && !text.isEmpty()) {
        throw new IllegalStateException("the model reported no log-probabilities of its text");
      }
      double sum = 0;
      for (Token token : tokens) sum += token.logProb();
      return sum;
    }
  }

  /**
   * One emitted token.
   *
   * @param knownId      token id; empty when a server does not tell it
   * @param text         its text; bytes that are no whole character appear as replacement characters
   * @param logProb      natural log-probability at temperature 1
   * @param entropy      entropy of the full distribution it was drawn from, in nats; empty if the model cannot say
   * @param margin       log-probability of the best minus that of the second best token, in nats, 0 or above; empty if
   *                     the model cannot say
   * @param alternatives most likely tokens at this position, best first; as many as were asked for
   */
  public record Token(
      OptionalInt knownId, String text, double logProb, Optional<Double> entropy, Optional<Double> margin,
      List<Alternative> alternatives) {

    /** A token of a known id. */
    public Token(int id, String text, double logProb, Optional<Double> entropy, Optional<Double> margin,
        List<Alternative> alternatives) {
      this(OptionalInt.of(id), text, logProb, entropy, margin, alternatives);
    }

    public Token {
      alternatives = List.copyOf(alternatives);
    }

    /**
     * The token id.
     *
     * @throws IllegalStateException when it is not known, see {@link #knownId}
     */
    public int id() {
      return known(knownId, text);
    }
  }

  /**
   * A token that could have stood at a position.
   *
   * @param knownId token id; empty when a server does not tell it
   * @param logProb natural log-probability
   */
  public record Alternative(OptionalInt knownId, String text, double logProb) {

    /** A token of a known id. */
    public Alternative(int id, String text, double logProb) {
      this(OptionalInt.of(id), text, logProb);
    }

    /**
     * The token id.
     *
     * @throws IllegalStateException when it is not known, see {@link #knownId}
     */
    public int id() {
      return known(knownId, text);
    }
  }

  private static int known(OptionalInt id, String text) {
    return id.orElseThrow(
        () -> new IllegalStateException("the server did not tell the id of the token '" + text + "'"));
  }

  /** Why a sequence ended. */
  public enum Finish {
    END,
    IDK,
    STOP,
    LENGTH
  }
}
