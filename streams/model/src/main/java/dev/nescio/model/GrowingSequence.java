package dev.nescio.model;

import dev.nescio.language.Generation.Finish;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.TokenListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One sequence while it is generated. It is shown the distribution of each position in turn and says how to go on; when
 * it ends it has been shown the position after its span.
 */
final class GrowingSequence {

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

  GrowingSequence(Prompt prompt, int sample, ModelTokenizer tokenizer, Set<Integer> endTokens) {
    this.request = prompt.index();
    this.sample = sample;
    this.asked = prompt.request();
    this.sampler = Sampler.of(asked.sampling(), Sampler.stream(asked.seed(), sample));
    this.history = asked.sampling().penalises() ? TokenHistory.of(prompt.tokens()) : TokenHistory.of();
    this.tokenizer = tokenizer;
    this.endTokens = endTokens;
    this.promptTokens = prompt.tokens().length;
  }

  /** Shows the distribution of the next position. */
  void show(Distribution next) {
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

  boolean isDone() {
    return done != null;
  }

  Sequence result() {
    return done;
  }

  int request() {
    return request;
  }

  int sample() {
    return sample;
  }

  /** True if a draw looks at no more than the most likely token. */
  boolean isArgmax() {
    return asked.sampling().isArgmax();
  }

  /** Tells of the tokens that have become certain since the last call. */
  void tell(TokenListener listener) {
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

  int alternatives() {
    return asked.alternatives();
  }

  int promptTokens() {
    return promptTokens;
  }

  /** The token to go on from. */
  int last() {
    return tokens.getLast().id();
  }

  /** Its position, counted from the beginning of the prompt. */
  int lastPosition() {
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
