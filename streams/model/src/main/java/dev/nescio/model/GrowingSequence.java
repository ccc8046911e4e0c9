package dev.nescio.model;

import dev.nescio.language.Generation.Finish;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.GenerationRequest;
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

  GrowingSequence(Prompt prompt, int sample, ModelTokenizer tokenizer, Set<Integer> endTokens) {
    this.request = prompt.index();
    this.sample = sample;
    this.asked = prompt.request();
    this.sampler = Sampler.of(asked.sampling(), Sampler.stream(asked.seed(), sample));
    this.tokenizer = tokenizer;
    this.endTokens = endTokens;
    this.promptTokens = prompt.tokens().length;
  }

  /** Shows the distribution of the next position. */
  void show(Distributions all, int row) {
    pIdk.add(all.pIdk(row));
    endLogProbs.add(all.endLogProb(row));
    if (tokens.size() == asked.maxTokens()) {
      end(Finish.LENGTH, tokens.size());
      return;
    }
    Token token = draw(all, row);
    generated++;
    if (endTokens.contains(token.id())) {
      end(Finish.END, tokens.size());
    } else if (tokenizer.idkId().filter(id -> id == token.id()).isPresent()) {
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

  boolean isGreedy() {
    return asked.sampling().isGreedy();
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

  private Token draw(Distributions all, int row) {
    int id = all.best(row);
    double logProb = all.bestLogProb(row);
    if (!isGreedy()) {
      float[] logProbs = all.logProbs(row);
      id = sampler.sample(logProbs);
      logProb = logProbs[id];
    }
    return new Token(id, tokenizer.decode(id), logProb, Optional.of(all.entropy(row)), Optional.of(all.margin(row)),
        all.alternatives(row, asked.alternatives(), tokenizer));
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
