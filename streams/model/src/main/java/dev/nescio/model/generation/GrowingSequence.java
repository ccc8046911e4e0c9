package dev.nescio.model.generation;

import dev.nescio.language.Generation.Finish;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.TokenListener;
import dev.nescio.model.sampling.Sampler;
import dev.nescio.model.sampling.TokenHistory;
import dev.nescio.model.tokenizer.ModelTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One sequence while it is generated. It is shown the distribution of each position in turn and says how to go on; when
 * it ends it has been shown the position after its span.
 */
public final class GrowingSequence {

  private final int request;
  private final int sample;
  private final GenerationRequest asked;
  private final Sampler sampler;
  private final TokenHistory history;
  private final ModelTokenizer tokenizer;
  private final Set<Integer> endTokens;
  private final int promptTokens;
  private final List<Token> tokens = new ArrayList<>();
  /** Length of the text after each token, with stop strings only. */
  private final List<Integer> textEnds = new ArrayList<>();
  private final List<Optional<Double>> pIdk = new ArrayList<>();
  private final List<Double> endLogProbs = new ArrayList<>();
  private int generated;
  private Sequence done;

  /** Tokens that a listener has heard of. */
  private int told;

  /**
   * A sequence without tokens.
   *
   * @param sample    its number among the request's samples, which its random stream depends on
   * @param endTokens ids that end it, unless the request ignores them
   */
  public GrowingSequence(Prompt prompt, int sample, ModelTokenizer tokenizer, Set<Integer> endTokens) {
    this.request = prompt.index();
    this.sample = sample;
    this.asked = prompt.request();
    this.sampler = Sampler.of(asked.sampling(), Sampler.stream(asked.seed(), sample));
    this.history = asked.sampling().penalises() ? TokenHistory.of(prompt.tokens()) : TokenHistory.of();
    this.tokenizer = tokenizer;
    this.endTokens = endTokens;
    this.promptTokens = prompt.tokens().length;
  }

  /** Shows the distribution of the next position; not to be called when it is done. */
  public void show(Distribution next) {
    pIdk.add(next.pIdk());
    endLogProbs.add(next.endLogProb());
    if (tokens.size() == asked.maxTokens()) {
      end(Finish.LENGTH, tokens.size());
      return;
    }
    Token token = draw(next);
    generated++;
    if (endTokens.contains(token.id()) && !asked.ignoreEnd()) {
      end(Finish.END, tokens.size());
    } else if (tokenizer.idkId().filter(id -> id == token.id()).isPresent() && !asked.ignoreEnd()) {
      end(Finish.IDK, tokens.size());
    } else {
      tokens.add(token);
      if (!asked.stop().isEmpty()) stopWhereAsked();
    }
  }

  /** True when it has ended and its result is there. */
  public boolean isDone() {
    return done != null;
  }

  /** The finished sequence, null before {@link #isDone}. */
  public Sequence result() {
    return done;
  }

  /** Place of its request in the call. */
  public int request() {
    return request;
  }

  /** Its number among the request's samples. */
  public int sample() {
    return sample;
  }

  /** True if a draw looks at no more than the most likely token. */
  public boolean isArgmax() {
    return asked.sampling().isArgmax();
  }

  /** Tells of the tokens that have become certain since the last call. */
  public void tell(TokenListener listener) {
    List<Token> known = done == null ? tokens : done.tokens();
    int certain = done == null ? certain() : known.size();
    for (; told < certain; told++) listener.token(request, sample, known.get(told));
  }

  /** Tokens before any in which a stop string may have begun. */
  private int certain() {
    if (asked.stop().isEmpty()) return tokens.size();
    String text = text(tokens.size());
    int safe = text.length();
    for (String stop : asked.stop()) {
      for (int n = Math.min(stop.length() - 1, text.length()); n > 0; n--) {
        if (text.endsWith(stop.substring(0, n))) {
          safe = Math.min(safe, text.length() - n);
          break;
        }
      }
    }
    int count = 0;
    while (count < tokens.size() && textEnds.get(count) <= safe) count++;
    return count;
  }

  /** Most likely tokens to report at each position. */
  public int alternatives() {
    return asked.alternatives();
  }

  /** Length of its prompt. */
  public int promptTokens() {
    return promptTokens;
  }

  /** Id of the token to go on from; there is one as soon as a distribution was shown and it is not done. */
  public int last() {
    return tokens.getLast().id();
  }

  /** Its position, counted from the beginning of the prompt. */
  public int lastPosition() {
    return promptTokens + tokens.size() - 1;
  }

  private Token draw(Distribution next) {
    int id = asked.sampling().isArgmax() ? next.best() : sampler.sample(next.scores(), next.logSum(), history);
    if (asked.sampling().penalises()) history.add(id);
    return new Token(id, tokenizer.decode(id), next.logProb(id), Optional.of(next.entropy()),
        Optional.of(next.margin()), next.alternatives(asked.alternatives(), tokenizer));
  }

  /** Ends before the token in which the earliest stop string begins. */
  private void stopWhereAsked() {
    String text = text(tokens.size());
    textEnds.add(text.length());
    int from = -1;
    for (String stop : asked.stop()) {
      int at = text.indexOf(stop);
      if (at >= 0 && (from < 0 || at < from)) from = at;
    }
    if (from < 0) return;
    int kept = 0;
    while (kept < tokens.size() && textEnds.get(kept) <= from) kept++;
    end(Finish.STOP, kept);
  }

  private void end(Finish finish, int span) {
    done = new Sequence(text(span), tokens.subList(0, span), finish, finish == Finish.IDK, pIdk.get(span),
        Optional.of(endLogProbs.get(span)), generated);
  }

  private String text(int span) {
    return tokenizer.decode(tokens.subList(0, span).stream().mapToInt(Token::id).toArray());
  }
}
